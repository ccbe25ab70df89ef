/** Flags of `sipdoctor digest`: where the parts of the response come from. */
import { Flags } from '@oclif/core';

const part = (summary: string, helpValue: string) =>
	Flags.string({ summary, helpValue, helpGroup: 'PARTS' });

export const digestFlags = {
	username: part('username of the credentials; the plain one where they carry its hash.', 'NAME'),
	realm: part('realm; of several credentials in a frame, those for this realm.', 'REALM'),
	nonce: part('nonce.', 'NONCE'),
	uri: part('uri of the credentials.', 'URI'),
	method: part('Method of the request; REGISTER where nothing says otherwise.', 'METHOD'),
	response: part('response to verify; it is not printed again.', 'HEX'),
	algorithm: part('algorithm; absent means MD5.', 'NAME'),
	qop: part('qop; absent means the formula of RFC 2069.', 'QOP'),
	nc: part('nc.', 'HEX'),
	cnonce: part('cnonce.', 'CNONCE'),
	opaque: part('opaque.', 'OPAQUE'),
	auts: part('auts of a SIM that asks for resynchronisation.', 'BASE64'),
	'body-file': Flags.string({
		summary: 'Body of the request, for qop auth-int.',
		helpValue: 'FILE',
		helpGroup: 'PARTS',
	}),
	challenge: Flags.string({
		summary: 'Line of the challenge, with or without the name of the header field.',
		helpValue: 'LINE',
	}),
	credentials: Flags.string({
		summary: 'Line of the credentials, with or without the name of the header field.',
		helpValue: 'LINE',
	}),
	capture: Flags.string({
		summary: 'Take the request from this capture.',
		helpValue: 'FILE',
		dependsOn: ['frame'],
	}),
	frame: Flags.integer({
		summary: 'Number of its frame, as Wireshark shows it.',
		min: 1,
		dependsOn: ['capture'],
	}),
	'show-ha1': Flags.boolean({
		summary: 'Print HA1, which is as good as the password for its realm.',
		helpGroup: 'SECRETS',
	}),
};
