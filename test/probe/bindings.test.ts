import { describe, expect, it } from 'vitest';
import { bindingsIn, nameBindings } from '../../src/probe/bindings.js';
import type { Identity } from '../../src/probe/register-request.js';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

const IDENTITY: Identity = {
	aor: 'sip:1001@example.com',
	requestUri: 'sip:example.com',
	callId: 'c',
	fromTag: 't',
	instanceId: 'urn:uuid:1',
	contact: '<sip:1001@192.0.2.1:40000;transport=tcp>;+sip.instance="<urn:uuid:1>"',
	contactUri: 'sip:1001@192.0.2.1:40000',
	userAgent: 'test',
};

function ok(...lines: readonly string[]): SipResponse {
	const text = ['SIP/2.0 200 OK', ...lines, 'Content-Length: 0', '', ''].join('\r\n');
	const parsed = parseDatagram(Buffer.from(text));
	if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('not a response');
	return parsed.value;
}

function list(...lines: readonly string[]) {
	return bindingsIn(ok(...lines), { identity: IDENTITY });
}

describe('the bindings of a 200', () => {
	it('are those of every Contact line and value', () => {
		const listed = list('Contact: <sip:a@192.0.2.9>, <sip:b@192.0.2.9>', 'm: <sip:c@192.0.2.9>');
		expect(listed.map(({ uri }) => uri)).toEqual([
			'sip:a@192.0.2.9',
			'sip:b@192.0.2.9',
			'sip:c@192.0.2.9',
		]);
	});

	it('know the own one by its URI, whatever parameters the registrar keeps', () => {
		expect(list('Contact: <sip:1001@192.0.2.1:40000>;expires=60')).toMatchObject([{ own: true }]);
	});

	it('know the own one by its instance-id where an ALG rewrote the address', () => {
		const rewritten = 'Contact: <sip:1001@203.0.113.1:1024>;+sip.instance="<urn:uuid:1>"';
		expect(list(rewritten)).toMatchObject([{ own: true }]);
	});

	it.each([
		['another port', '<sip:1001@192.0.2.1:40002>'],
		['another user', '<sip:1002@192.0.2.1:40000>'],
		['another instance', '<sip:1001@192.0.2.2:40000>;+sip.instance="<urn:uuid:2>"'],
	])('take one of %s for another device', (_what, contact) => {
		expect(list(`Contact: ${contact}`)).toMatchObject([{ own: false }]);
	});

	it('count one that cannot be read as somebody else', () => {
		expect(list('Contact: <<<')).toMatchObject([{ uri: '(unreadable)', own: false }]);
	});

	it('take Expires where a Contact has none of its own', () => {
		const listed = list('Contact: <sip:a@192.0.2.9>, <sip:b@192.0.2.9>;expires=7', 'Expires: 90');
		expect(listed.map(({ expires }) => expires)).toEqual([90, 7]);
	});

	it('do not count one that just ended', () => {
		expect(list('Contact: <sip:a@192.0.2.9>;expires=0')).toEqual([]);
	});

	it('are named up to five', () => {
		const many = Array.from({ length: 8 }, (_, index) => `<sip:a@192.0.2.${index}>;expires=9`);
		expect(nameBindings(list(`Contact: ${many.join(', ')}`))).toMatch(
			/^sip:a@192\.0\.2\.0 \(9 s left\), .* and 3 more$/,
		);
	});
});
