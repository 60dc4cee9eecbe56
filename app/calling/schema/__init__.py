"""Types -> protobuf: messages read into shapes, descriptors made at run time, codecs compiled; the lock of the numbers."""
