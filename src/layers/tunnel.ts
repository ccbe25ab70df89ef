import type { Parsed } from '../bytes/malformed.js';
import type { LinkPayload } from './link-payload.js';

/** What a tunnel carries, as a link layer would give it; undefined for what is no tunnel, or one of a kind not read. */
export type TunnelPayload = Parsed<LinkPayload> | undefined;

/** Tunnels in tunnels: two or three are what networks nest, and a hostile packet must end. */
export const MAX_TUNNELS = 4;

/** The EtherType of Ethernet in something else (RFC 1701, RFC 8926 §3.4). */
export const TRANSPARENT_ETHERNET = 0x6558;
