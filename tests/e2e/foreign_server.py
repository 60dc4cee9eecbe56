"""A server of somebody else's: its own stubs, its own rules, nothing of ours. `foreign_server.py STUBS LOG` answers for
currencies, parcels and cards on one port, prints it, and notes in LOG what it was asked, until its input ends."""

import asyncio
import json
import sys
from pathlib import Path

import grpc

sys.path.insert(0, sys.argv[1])
import hipstershop_pb2 as pb
import hipstershop_pb2_grpc as services


def note(context, **said):
    """Write down who asked what, and what came along."""
    said["metadata"] = dict(context.invocation_metadata())
    said["remaining"] = context.time_remaining()
    with Path(sys.argv[2]).open("a") as log:
        log.write(json.dumps(said) + "\n")


class Currency(services.CurrencyServiceServicer):
    """Two euros for a dollar."""

    async def GetSupportedCurrencies(self, request, context):  # noqa: N802  # gRPC's names
        return pb.GetSupportedCurrenciesResponse(currency_codes=["USD", "EUR"])

    async def Convert(self, request, context):  # noqa: N802
        note(context, method="Convert")
        source = getattr(request, "from")
        factor = {"USD": 2, "EUR": 1}[source.currency_code] / {"USD": 2, "EUR": 1}[request.to_code]
        cents = round((source.units * 100 + source.nanos // 10**7) * factor)
        return pb.Money(currency_code=request.to_code, units=cents // 100, nanos=cents % 100 * 10**7)


class Shipping(services.ShippingServiceServicer):
    """Everything costs five dollars."""

    async def GetQuote(self, request, context):  # noqa: N802
        return pb.GetQuoteResponse(cost_usd=pb.Money(currency_code="USD", units=5))

    async def ShipOrder(self, request, context):  # noqa: N802
        note(context, method="ShipOrder", city=request.address.city)
        if request.address.city == "Nowhere":
            await context.abort(grpc.StatusCode.UNAVAILABLE, "no way there")
        return pb.ShipOrderResponse(tracking_id="ZZ-1-1")


class Payment(services.PaymentServiceServicer):
    """Refuses in the way of the original: with a status that its callers do not know."""

    async def Charge(self, request, context):  # noqa: N802
        note(context, method="Charge", units=request.amount.units, code=request.amount.currency_code)
        if request.credit_card.credit_card_expiration_year < 2026:
            await context.abort(grpc.StatusCode.UNKNOWN, "Your credit card (ending 0454) expired on 1/2020")
        return pb.ChargeResponse(transaction_id="theirs-1")


async def main():
    server = grpc.aio.server()
    services.add_CurrencyServiceServicer_to_server(Currency(), server)
    services.add_ShippingServiceServicer_to_server(Shipping(), server)
    services.add_PaymentServiceServicer_to_server(Payment(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(1)


asyncio.run(main())
