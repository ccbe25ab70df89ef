/* Design §2, outcome: what the last ended attempt that asked for a binding came to. */
import { describe, expect, it } from 'vitest';
import type { Registration } from '../../src/registration/registration.js';
import {
	accepted,
	answered,
	challenged,
	credentials,
	type Request,
	request,
	sent,
} from '../support/exchange.js';
import { theRegistration } from './reading.js';

const first = request();
const withCredentials = request({ cseq: 2, headers: [credentials('n1')] });
const challengedOnce = sent(first, 0) + challenged(first, 0.03, 'n1');

function outcomeOf(text: string, until: number): Registration['outcome'] {
	return theRegistration(text, until).outcome;
}

/** A REGISTER with one final response. */
function finished(register: Request, status: number, ...headers: readonly string[]): string {
	return sent(register, 0) + answered(register, 0.03, { status, headers });
}

describe('registered', () => {
	it('is a 2xx that lists the own Contact with time left', () => {
		expect(outcomeOf(sent(first, 0) + accepted(first, 0.1), 40)).toBe('registered');
	});

	it('is a 2xx without any Contact', () => {
		expect(outcomeOf(finished(first, 200), 40)).toBe('registered');
	});

	it('is found by the instance where host and user of the Contact were rewritten', () => {
		const own = '+sip.instance="<urn:uuid:a>"';
		const register = request({ contact: `<sip:1001@192.168.1.10>;${own}` });
		const listed = accepted(register, 0.1, [`<sip:x7@198.51.100.7>;${own};expires=60`]);
		expect(outcomeOf(sent(register, 0) + listed, 40)).toBe('registered');
	});

	it('stays registered after the phone removed its binding', () => {
		const removal = request({ cseq: 2, expires: 0 });
		const text =
			sent(first, 0) + accepted(first, 0.1) + sent(removal, 60) + accepted(removal, 60.1, []);
		expect(outcomeOf(text, 100)).toBe('registered');
	});

	it('stays registered while a refresh is under way when the source ends', () => {
		const refresh = request({ cseq: 2 });
		expect(outcomeOf(sent(first, 0) + accepted(first, 0.1) + sent(refresh, 60), 61)).toBe(
			'registered',
		);
	});

	it('is what a followed 423 leads to', () => {
		const longer = request({ cseq: 2, expires: 300 });
		const text =
			finished(first, 423, 'Min-Expires: 300') + sent(longer, 0.1) + accepted(longer, 0.2);
		expect(theRegistration(text, 40).attempts).toHaveLength(1);
		expect(outcomeOf(text, 40)).toBe('registered');
	});

	it('is what a stale challenge that was answered leads to', () => {
		const again = request({ cseq: 3, headers: [credentials('n2')] });
		const text =
			challengedOnce +
			sent(withCredentials, 0.05) +
			challenged(withCredentials, 0.08, 'n2', ', stale=true') +
			sent(again, 0.1) +
			accepted(again, 0.2);
		expect(theRegistration(text, 40).attempts).toHaveLength(1);
		expect(outcomeOf(text, 40)).toBe('registered');
	});
});

describe('unregistered', () => {
	it('is a removal where nothing else was seen', () => {
		const removal = request({ expires: 0 });
		expect(outcomeOf(sent(removal, 0) + accepted(removal, 0.1, []), 40)).toBe('unregistered');
	});

	it('is a wildcard removal', () => {
		const removal = request({ contact: '*', expires: 0 });
		expect(outcomeOf(sent(removal, 0) + accepted(removal, 0.1, []), 40)).toBe('unregistered');
	});

	it('is a 2xx that lists only the Contacts of other users', () => {
		const listed = accepted(first, 0.1, ['<sip:2002@192.168.1.77>;expires=600']);
		expect(outcomeOf(sent(first, 0) + listed, 40)).toBe('unregistered');
	});

	it('is a 2xx that lists only another instance of the user', () => {
		const register = request({ contact: '<sip:1001@192.168.1.10>;+sip.instance="<urn:uuid:a>"' });
		const listed = accepted(register, 0.1, [
			'<sip:1001@192.168.1.77>;+sip.instance="<urn:uuid:b>";expires=600',
		]);
		expect(outcomeOf(sent(register, 0) + listed, 40)).toBe('unregistered');
	});

	it('is a 2xx that gives the own Contact no time', () => {
		const listed = accepted(first, 0.1, ['<sip:1001@192.168.1.10:5060>;expires=0']);
		expect(outcomeOf(sent(first, 0) + listed, 40)).toBe('unregistered');
	});
});

describe('queried', () => {
	it('is a 2xx to a REGISTER without Contact', () => {
		const query = request({ contact: undefined, expires: undefined });
		const listed = accepted(query, 0.1, ['<sip:1001@192.168.1.77>;expires=600']);
		expect(outcomeOf(sent(query, 0) + listed, 40)).toBe('queried');
	});

	it('does not hide the binding that the same device asked for', () => {
		const query = request({ cseq: 2, contact: undefined, expires: undefined });
		const text = sent(first, 0) + accepted(first, 0.1) + sent(query, 1) + accepted(query, 1.1, []);
		expect(outcomeOf(text, 40)).toBe('registered');
	});
});

describe('challenged', () => {
	it('is a 401 that no credentials followed', () => {
		expect(outcomeOf(challengedOnce, 5)).toBe('challenged');
	});

	it('is a 407 that no credentials followed', () => {
		const header = 'Proxy-Authenticate: Digest realm="example.com", nonce="n1"';
		expect(outcomeOf(finished(first, 407, header), 5)).toBe('challenged');
	});

	it('is open where the source ends within four seconds', () => {
		expect(outcomeOf(challengedOnce, 4.02)).toBe('open');
	});

	it('is decided four seconds after the 401', () => {
		expect(outcomeOf(challengedOnce, 4.03)).toBe('challenged');
	});
});

describe('a phone that has shown what it does', () => {
	it('is challenged at once where the second challenge meets no credentials either', () => {
		const again = request({ cseq: 2 });
		const text = challengedOnce + sent(again, 10) + challenged(again, 10.03, 'n2');
		expect(outcomeOf(text, 10.03)).toBe('challenged');
	});

	it('is open where two REGISTERs overlap and the source ends: the phone had no challenge yet', () => {
		const second = request({ cseq: 2 });
		const both = sent(first, 0) + sent(second, 0.01) + challenged(first, 0.03, 'n1');
		expect(outcomeOf(both + challenged(second, 0.04, 'n2'), 0.04)).toBe('open');
		expect(outcomeOf(both + challenged(second, 0.04, 'n2'), 10)).toBe('challenged');
	});

	it('is not given another four seconds for a second 423', () => {
		const again = request({ cseq: 2 });
		const headers = ['Min-Expires: 300'];
		const text =
			finished(first, 423, ...headers) +
			sent(again, 10) +
			answered(again, 10.03, { status: 423, headers });
		expect(outcomeOf(text, 10.03)).toBe('rejected');
	});

	it('is given them for the first challenge of another realm', () => {
		const header = 'WWW-Authenticate: Digest realm="registrar.example.net", nonce="n2"';
		const text =
			challengedOnce +
			sent(withCredentials, 0.05) +
			answered(withCredentials, 0.08, { status: 401, headers: [header] });
		expect(outcomeOf(text, 1)).toBe('open');
		expect(outcomeOf(text, 5)).toBe('rejected');
	});
});

describe('rejected', () => {
	it('is any other final response of 400 and above, at once', () => {
		for (const status of [400, 403, 404, 405, 408, 500, 503, 603]) {
			expect(outcomeOf(finished(first, status), 0.03), String(status)).toBe('rejected');
		}
	});

	it('is a 401 to credentials that answered this very challenge, at once', () => {
		const text =
			challengedOnce + sent(withCredentials, 0.05) + challenged(withCredentials, 0.08, 'n2');
		expect(outcomeOf(text, 0.08)).toBe('rejected');
	});

	it('is open where stale=true invites another answer and the source ends', () => {
		const text =
			challengedOnce +
			sent(withCredentials, 0.05) +
			challenged(withCredentials, 0.08, 'n2', ', stale=true');
		expect(outcomeOf(text, 1)).toBe('open');
		expect(outcomeOf(text, 5)).toBe('rejected');
	});

	it('is open where only cached credentials were refused and the source ends', () => {
		const cached = request({ headers: [credentials('old')] });
		const text = sent(cached, 0) + challenged(cached, 0.03, 'n1');
		expect(outcomeOf(text, 1)).toBe('open');
		expect(outcomeOf(text, 5)).toBe('rejected');
	});

	it('is a 423 that nothing followed', () => {
		expect(outcomeOf(finished(first, 423, 'Min-Expires: 300'), 1)).toBe('open');
		expect(outcomeOf(finished(first, 423, 'Min-Expires: 300'), 5)).toBe('rejected');
	});

	it('names the final response of the last transaction', () => {
		expect(theRegistration(finished(first, 404), 1).finalStatus).toBe(404);
	});
});

describe('redirected', () => {
	it('is a 3xx that the phone did not follow', () => {
		expect(outcomeOf(finished(first, 302, 'Contact: <sip:203.0.113.9>'), 5)).toBe('redirected');
	});
});

describe('unanswered', () => {
	const sends = (...times: readonly number[]): string =>
		times.map((at) => sent(first, at)).join('');

	it('is a third copy without a final response until the fourth is due', () => {
		expect(outcomeOf(sends(0, 0.5, 1.5), 3.5)).toBe('unanswered');
	});

	it('is open where the capture ends before that: a slow registrar may yet answer', () => {
		expect(outcomeOf(sends(0, 0.5, 1.5), 3.4)).toBe('open');
	});

	it('is open after two copies', () => {
		expect(outcomeOf(sends(0, 0.5), 31.9)).toBe('open');
	});

	it('is two copies and 32 seconds', () => {
		expect(outcomeOf(sends(0, 0.5), 31.9)).toBe('open');
		expect(outcomeOf(sends(0, 0.5), 32)).toBe('unanswered');
	});

	it('is a provisional response and no final one', () => {
		const trying = answered(first, 0.1, { status: 100 });
		expect(outcomeOf(sends(0) + trying + sent(first, 4), 32)).toBe('unanswered');
	});

	it('has no final status, also where an earlier transaction of the attempt had one', () => {
		const silent = [0.05, 0.5, 1.5].map((at) => sent(withCredentials, at)).join('');
		const { outcome, finalStatus } = theRegistration(challengedOnce + silent, 40);
		expect(outcome).toBe('unanswered');
		expect(finalStatus).toBeUndefined();
	});

	it('is no retransmission where one packet was captured on two interfaces', () => {
		expect(outcomeOf(sends(0, 0.0004, 0.5, 0.5004), 1)).toBe('open');
	});
});

describe('unreachable', () => {
	const icmp = (reason: string): string =>
		`+0.0200 ICMP ${reason} from 203.0.113.5 quoting UDP 192.168.1.10:5060 > 203.0.113.5:5060\n`;

	it('is an ICMP error and no SIP answer', () => {
		for (const reason of ['port', 'host', 'network', 'admin-prohibited'])
			expect(outcomeOf(sent(first, 0) + icmp(reason), 1), reason).toBe('unreachable');
	});

	it('is not what an answer that came all the same leads to', () => {
		expect(outcomeOf(sent(first, 0) + icmp('port') + accepted(first, 0.5), 1)).toBe('registered');
	});

	it('is not said of a packet that was only too big, or too long under way', () => {
		for (const reason of ['fragmentation-needed', 'time-exceeded'])
			expect(outcomeOf(sent(first, 0) + icmp(reason), 1), reason).toBe('open');
	});

	it('is a connection that a probe did not get', () => {
		const text =
			'# probe sip:1001@example.com\n+0.1 CONNECT refused TCP 192.0.2.1:49152 > 203.0.113.5:5060\n';
		expect(outcomeOf(text, 1)).toBe('unreachable');
	});

	it('is a name that a probe could not resolve', () => {
		expect(outcomeOf('# probe sip:1001@example.com\n+0.1 DNS nxdomain sip.example.com\n', 1)).toBe(
			'unreachable',
		);
	});
});

describe('the expiry granted', () => {
	const granted = (register: Request, answer: string): number | undefined =>
		theRegistration(sent(register, 0) + answer, 1).grantedExpires;

	it('is that of the own Contact', () => {
		const listed = ['<sip:2002@192.168.1.9>;expires=5', '<sip:1001@192.168.1.10:5060>;expires=77'];
		expect(granted(first, accepted(first, 0.1, listed))).toBe(77);
	});

	it('is the Expires header field where the Contact says nothing', () => {
		const headers = ['Contact: <sip:1001@192.168.1.10:5060>', 'Expires: 88'];
		expect(granted(first, answered(first, 0.1, { status: 200, headers }))).toBe(88);
	});

	it('is what was asked where the 2xx says nothing', () => {
		expect(granted(first, answered(first, 0.1, { status: 200 }))).toBe(3600);
	});

	it('is not read from a parameter that only ends like it', () => {
		const contact = '<sip:1001@192.168.1.10:5060>;message-expires=5;expires=60';
		expect(granted(first, accepted(first, 0.1, [contact]))).toBe(60);
	});

	it('is not there where the attempt did not register', () => {
		expect(theRegistration(finished(first, 403), 1).grantedExpires).toBeUndefined();
	});

	it('takes a removal from expires=0 and not from a parameter that only ends like it', () => {
		const bind = request({ contact: '<sip:1001@192.168.1.10:5060>;message-expires=0' });
		expect(outcomeOf(sent(bind, 0) + accepted(bind, 0.1), 1)).toBe('registered');
	});
});
