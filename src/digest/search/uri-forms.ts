/** The uri that entered A2 in place of the one that is written. Text only: what a URI means is SIP's. */
import { distinct, type RemainderForm } from './alteration.js';
import type { Named, SearchNames, SearchRequest } from './search-request.js';

type Derive = (uri: string) => string;

/** The forms of the uri as this request writes it. */
export function uriForms(
	request: SearchRequest,
	{ usernames }: SearchNames,
): readonly RemainderForm[] {
	const form = (name: string, derive: Derive, usual = false, from = ''): RemainderForm => {
		const value = derive(request.credentials.uri ?? '');
		return {
			...{ family: 'uri', name, hashed: value, usual },
			words: `over the uri "${value}"${from}`,
			change: (remainder) => ({ ...remainder, uri: value }),
		};
	};
	const seen = ({ value, from }: Named) => form('another-uri', () => value, true, ` (${from})`);
	const forms = [
		...request.uris.map(seen),
		form('default-port-added', (uri) => withPort(uri, ':5060'), true),
		form('port-removed', (uri) => withPort(uri, ''), true),
		form('tls-port-added', (uri) => withPort(uri, ':5061')),
		...['udp', 'tcp', 'tls', 'UDP', 'TCP', 'ws', 'wss'].map((transport, at) =>
			form('transport-added', (uri) => `${uri};transport=${transport}`, at < 2),
		),
		form('parameters-removed', (uri) => uri.replace(/[;?].*$/, ''), true),
		form('port-and-parameters-removed', (uri) => withPort(uri.replace(/[;?].*$/, ''), '')),
		form('sips', (uri) => uri.replace(/^sip:/i, 'sips:')),
		form('sip', (uri) => uri.replace(/^sips:/i, 'sip:'), true),
		form('lower-case', (uri) => uri.toLowerCase()),
		...usernames.map(({ value }) =>
			form('with-user', (uri) => withoutUser(uri).replace(/^(sips?:)/i, `$1${value}@`), true),
		),
		form('without-user', withoutUser, true),
		form('without-scheme', (uri) => uri.replace(/^sips?:/i, '')),
		form('in-brackets', (uri) => `<${uri}>`),
		form('quoted', (uri) => `"${uri}"`),
		form('slash', () => '/'),
		form('empty', () => ''),
		form('asterisk', () => '*'),
	];
	return distinct(forms, ({ hashed = '' }) => hashed, request.credentials.uri ?? '');
}

/** `sip:[user@]host[:port][;…]` with another port, which may be none. */
function withPort(uri: string, port: string): string {
	const [, start = '', end = ''] =
		/^([^:]+:(?:[^@]*@)?(?:\[[^\]]*\]|[^:;?[\]]*))(?::\d+)?([;?].*)?$/.exec(uri) ?? [];
	return start === '' ? uri : `${start}${port}${end}`;
}

function withoutUser(uri: string): string {
	return uri.replace(/^(sips?:)[^@]*@/i, '$1');
}
