/** The uri that entered A2 in place of the one that is written. Text only: what a URI means is SIP's. */
import {
	distinct,
	type OtherValue,
	otherValue,
	type RemainderForm,
	valueForm,
} from './alteration.js';
import type { SearchNames, SearchRequest } from './search-request.js';

/** The forms of the uri as this request writes it. */
export function uriForms(
	{ credentials: { uri = '' }, uris }: SearchRequest,
	{ usernames }: SearchNames,
): readonly RemainderForm[] {
	const withoutParameters = uri.replace(/[;?].*$/, '');
	const forms = [
		...uris.map(({ value, from }) => otherValue('another-uri', value, from, true)),
		otherValue('default-port-added', withPort(uri, ':5060'), undefined, true),
		otherValue('port-removed', withPort(uri, ''), undefined, true),
		otherValue('tls-port-added', withPort(uri, ':5061')),
		...TRANSPORTS.map((transport, at) =>
			otherValue('transport-added', `${uri};transport=${transport}`, undefined, at < 2),
		),
		otherValue('parameters-removed', withoutParameters, undefined, true),
		otherValue('port-and-parameters-removed', withPort(withoutParameters, '')),
		otherValue('sips', uri.replace(/^sip:/i, 'sips:')),
		otherValue('sip', uri.replace(/^sips:/i, 'sip:'), undefined, true),
		otherValue('lower-case', uri.toLowerCase()),
		...usernames.map(({ value }) =>
			otherValue(
				'with-user',
				withoutUser(uri).replace(/^(sips?:)/i, `$1${value}@`),
				undefined,
				true,
			),
		),
		otherValue('without-user', withoutUser(uri), undefined, true),
		otherValue('without-scheme', uri.replace(/^sips?:/i, '')),
		otherValue('in-brackets', `<${uri}>`),
		otherValue('quoted', `"${uri}"`),
		otherValue('slash', '/'),
		otherValue('empty', ''),
		otherValue('asterisk', '*'),
	];
	return distinct(forms, ({ value }) => value, uri).map(form);
}

const TRANSPORTS = ['udp', 'tcp', 'tls', 'UDP', 'TCP', 'ws', 'wss'];

function form(other: OtherValue): RemainderForm {
	return valueForm('uri', 'over the uri', other, (remainder) => ({
		...remainder,
		a2: { ...remainder.a2, uri: other.value },
	}));
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
