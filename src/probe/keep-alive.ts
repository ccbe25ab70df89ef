/** RFC 5626 §3.5.1: CRLFs keep a NAT mapping alive and carry no message. */
export function isKeepAlive(payload: Uint8Array): boolean {
	return payload.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
