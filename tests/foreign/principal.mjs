// Who is calling, signed with the deployment's key for one contract and a short time, as `pangaea-principal` says it.

import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP = 30;
const LIFE = 90;

function mac(key, said) {
  return createHmac('sha256', key).update('pangaea principal 1\0').update(said).digest();
}

/** The header's value. `service` is the one that is called; `now` is in seconds. */
export function sign(key, { subject, roles = [] }, service, now = Date.now() / 1000) {
  const expires = Math.floor(now / STEP) * STEP + LIFE;
  const said = Buffer.from(JSON.stringify([subject, [...roles].sort(), expires, service]));
  return `${said.toString('base64url')}.${mac(key, said).toString('base64url')}`;
}

/** Who it is; null for anything forged, outdated or meant for somebody else. */
export function check(key, text, service, now = Date.now() / 1000) {
  const [said, shown] = text.split('.').map((part) => Buffer.from(part, 'base64url'));
  const due = mac(key, said);
  if (shown?.length !== due.length || !timingSafeEqual(shown, due)) return null;
  const [subject, roles, expires, meantFor] = JSON.parse(said.toString());
  return now < expires && meantFor === service ? { subject, roles } : null;
}
