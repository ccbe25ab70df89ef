/** The UDP ports of tunnels: the sieve lets them pass, and `layers/udp-tunnel.ts` has a reader for each. */
export const UDP_TUNNEL_PORT = {
	vxlan: 4789,
	/** What Linux used before IANA gave VXLAN a number. */
	vxlanOfLinux: 8472,
	vxlanGpe: 4790,
	geneve: 6081,
	gtp: 2152,
	l2tp: 1701,
	/** TaZmen Sniffer Protocol: what MikroTik's routers and access points mirror. */
	tzsp: 37_008,
	/** RFC 5415 §3.1: the controller's, of data. */
	capwapData: 5247,
	/** RFC 8086 §3. */
	greInUdp: 4754,
} as const;
