/** What a Kamailio listens on besides UDP and TCP at port 5060. */
import { formatEndpoint } from '../../src/net/endpoint.js';
import type { CertificateOptions, Certificates } from './certificates.js';

export interface TransportOptions {
	/** False: UDP alone. */
	readonly tcp?: boolean;
	/** TLS 1.2 and 1.3 at port 5061. */
	readonly tls?: CertificateOptions & {
		/** Wants a certificate of the phone. */
		readonly clientCertificate?: boolean;
	};
	/** SIP over WebSocket (RFC 7118) at port 8080, path /ws. */
	readonly webSocket?: boolean;
}

/** Directives before any module. */
export function transportDirectives(
	addresses: readonly string[],
	{ tcp, tls, webSocket }: TransportOptions,
): readonly string[] {
	const at = (transport: string, port: number): readonly string[] =>
		addresses.map((address) => `listen=${transport}:${formatEndpoint({ address, port })}`);
	return [
		...at('udp', 5060),
		...(tcp === false ? ['disable_tcp=yes'] : at('tcp', 5060)),
		...(tls === undefined ? [] : ['enable_tls=yes', ...at('tls', 5061)]),
		// A GET has no Content-Length.
		...(webSocket === true ? [...at('tcp', 8080), 'tcp_accept_no_cl=yes'] : []),
	];
}

/** Modules and their parameters. */
export function transportModules(
	{ tls, webSocket }: TransportOptions,
	certificates: Certificates | undefined,
): readonly string[] {
	const set = (name: string, value: string) => `modparam("tls", "${name}", ${value})`;
	return [
		...(tls === undefined || certificates === undefined
			? []
			: [
					'loadmodule "tls.so"',
					set('tls_method', '"TLSv1.2+"'),
					set('certificate', `"${certificates.server}"`),
					set('private_key', `"${certificates.serverKey}"`),
					set('ca_list', `"${certificates.authority}"`),
					set('verify_certificate', tls.clientCertificate === true ? '1' : '0'),
					set('require_certificate', tls.clientCertificate === true ? '1' : '0'),
				]),
		...(webSocket === true ? ['loadmodule "xhttp.so"', 'loadmodule "websocket.so"'] : []),
	];
}

/** The route that opens a WebSocket. */
export function transportRoutes({ webSocket }: TransportOptions): readonly string[] {
	if (webSocket !== true) return [];
	return [
		'event_route[xhttp:request] {',
		'set_reply_close();',
		'set_reply_no_connect();',
		'if ($hu != "/ws") { xhttp_reply("403", "Forbidden", "", ""); exit; }',
		'if (ws_handle_handshake()) { exit; }',
		'xhttp_reply("400", "Bad Request", "", "");',
		'}',
	];
}
