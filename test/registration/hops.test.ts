/* Design §3: the legs of one registration are joined by what survives the hop, and by nothing less. */
import { describe, expect, it } from 'vitest';
import { HopJoiner, joinHops } from '../../src/registration/hops.js';
import {
	accepted,
	answered,
	challenged,
	credentials,
	type Request,
	request,
	sent,
} from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';
import { theRegistration } from './reading.js';

/** The servers of each REGISTER's legs, phone first. */
function legsIn(...texts: readonly string[]): readonly (readonly string[])[] {
	return joinHops(clientTransactionsIn(texts.join(''))).map(({ hops }) =>
		hops.map(({ client, server }) => `${client.address}>${server.address}`),
	);
}

const phone = request();
const OUTSIDE = '198.51.100.7';
const PHONE_LEG = '192.168.1.10>203.0.113.5';

describe('both sides of a NAT', () => {
	const outside = { ...phone, client: `${OUTSIDE}:41022` };

	it('are two legs of one REGISTER, the phone first', () => {
		expect(legsIn(sent(phone, 0), sent(outside, 0.0005))).toEqual([
			[PHONE_LEG, `${OUTSIDE}>203.0.113.5`],
		]);
	});

	it('are given together, and are not waited for once they were', () => {
		const other = request({ client: '192.168.1.11:5060', callId: 'call-2' });
		const joiner = new HopJoiner();
		// Six seconds behind the first side, and not yet behind the second.
		const all = clientTransactionsIn(
			[sent(phone, 0), sent(outside, 0.1), sent(other, 6.05)].join(''),
		);
		const given = all.flatMap((transaction) => joiner.add(transaction));
		expect(given.map(({ hops }) => hops.length)).toEqual([2]);
		expect(joiner.pending().map(({ callId }) => callId)).toEqual(['call-2']);
	});

	it('are joined for each REGISTER of an exchange', () => {
		const answer = request({ cseq: 2, headers: [credentials('n1')] });
		const text = [
			...[sent(phone, 0), sent(outside, 0.0005), challenged(outside, 0.03, 'n1')],
			...[challenged(phone, 0.0305, 'n1'), sent(answer, 0.05)],
			...[sent({ ...answer, client: outside.client }, 0.0505)],
		];
		expect(legsIn(...text).map((legs) => legs.length)).toEqual([2, 2]);
	});

	it('are joined for a phone that keeps branch and CSeq when it adds credentials', () => {
		const answer = { ...phone, headers: [credentials('n1')] };
		const text = [
			...[sent(phone, 0), sent(outside, 0.0005), sent(answer, 0.05)],
			...[sent({ ...answer, client: outside.client }, 0.0505)],
		];
		expect(legsIn(...text)).toEqual([
			[PHONE_LEG, `${OUTSIDE}>203.0.113.5`],
			[PHONE_LEG, `${OUTSIDE}>203.0.113.5`],
		]);
	});

	it('are two REGISTERs where the branch differs', () => {
		expect(
			legsIn(sent(phone, 0), sent({ ...outside, branch: 'z9hG4bKother' }, 0.0005)),
		).toHaveLength(2);
	});

	it('are two REGISTERs for peers of RFC 2543, which have no branch to tell', () => {
		const old = { ...phone, branch: undefined };
		expect(legsIn(sent(old, 0), sent({ ...old, client: outside.client }, 0.0005))).toHaveLength(2);
	});

	it('are one path of the registration', () => {
		const text =
			sent(phone, 0) + sent(outside, 0.0005) + accepted(outside, 0.1) + accepted(phone, 0.1005);
		const { path } = theRegistration(text, 1);
		expect(path.map(({ client }) => client.address)).toEqual(['192.168.1.10', OUTSIDE]);
	});
});

describe('both sides of a port forwarding', () => {
	const inside = { ...phone, server: '172.17.0.2:5060' };

	it('are two legs of one REGISTER', () => {
		expect(legsIn(sent(phone, 0), sent(inside, 0.0005))).toEqual([
			[PHONE_LEG, '192.168.1.10>172.17.0.2'],
		]);
	});

	it('are not what a phone does that tries the next server with its old branch', () => {
		expect(legsIn(sent(phone, 0), sent({ ...phone, server: '203.0.113.6:5060' }, 1))).toHaveLength(
			2,
		);
	});
});

describe('the legs of a proxy', () => {
	const relayed: Request = {
		...phone,
		...{ client: '203.0.113.5:5060', server: '10.0.0.20:5060', branch: 'z9hG4bKproxy' },
		sentBy: '203.0.113.5',
		below: ['SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;received=198.51.100.7'],
	};

	it('are joined by the Via below the top', () => {
		expect(legsIn(sent(phone, 0), sent(relayed, 0.002))).toEqual([
			[PHONE_LEG, '203.0.113.5>10.0.0.20'],
		]);
	});

	it('are joined over two proxies', () => {
		const further = {
			...relayed,
			...{ client: '10.0.0.20:5060', server: '10.0.0.30:5060', branch: 'z9hG4bKsecond' },
			below: ['SIP/2.0/UDP 203.0.113.5;branch=z9hG4bKproxy', ...relayed.below],
		};
		expect(legsIn(sent(phone, 0), sent(relayed, 0.002), sent(further, 0.004))[0]).toHaveLength(3);
	});

	it('are joined, the phone first, where the leg behind the proxy was recorded first', () => {
		expect(legsIn(sent(relayed, 0), sent(phone, 0.002))).toEqual([
			[PHONE_LEG, '203.0.113.5>10.0.0.20'],
		]);
		expect(legsIn(sent(relayed, 0), sent(phone, 0.2))).toHaveLength(2);
	});

	it('recorded in the wrong order are given together, and once', () => {
		const other = request({ client: '192.168.1.11:5060', callId: 'call-2' });
		const joiner = new HopJoiner();
		// Six seconds behind the leg that was recorded first, and not yet behind the phone's.
		const all = clientTransactionsIn(
			[sent(relayed, 0), sent(phone, 0.05), sent(other, 6.02), sent(other, 20)].join(''),
		);
		const given = all.flatMap((transaction) => joiner.add(transaction));
		expect(given).toEqual([]);
		expect(joiner.pending().map(({ callId }) => callId)).toEqual(['call-1', 'call-1', 'call-2']);
		const late = clientTransactionsIn(sent(request({ callId: 'call-3' }), 30));
		const complete = late.flatMap((transaction) => joiner.add(transaction));
		expect(complete.map(({ hops }) => hops.length)).toEqual([2, 1]);
	});

	it('are no circle where somebody writes one branch into every Via', () => {
		const branch = 'z9hG4bKall';
		const below = [`SIP/2.0/UDP 192.168.1.10:5060;branch=${branch}`];
		const rows = [1, 2, 3, 4, 5].map((n) =>
			sent({ ...phone, branch, below, client: `10.0.0.${n}:5060` }, n / 1000),
		);
		expect(legsIn(...rows).flat()).toHaveLength(5);
	});

	it('are not joined where the Via below is that of another request', () => {
		const other = { ...relayed, below: ['SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKother'] };
		expect(legsIn(sent(phone, 0), sent(other, 0.002))).toHaveLength(2);
	});

	it('are joined where the proxy waits for its name server, as the Via below says whose request it is', () => {
		expect(legsIn(sent(phone, 0), sent(relayed, 5))).toHaveLength(1);
	});

	it('are not joined where the request goes on only later', () => {
		expect(legsIn(sent(phone, 0), sent(relayed, 7))).toHaveLength(2);
	});
});

describe('the legs of a back-to-back user agent', () => {
	const rebuilt: Request = {
		...phone,
		...{ client: '203.0.113.5:5070', server: '10.0.0.20:5060', branch: 'z9hG4bKb2b' },
		...{ sentBy: '203.0.113.5:5070', callId: 'call-of-its-own', cseq: 900, userAgent: 'sbc' },
	};
	const within = (outer: Request, inner: Request): readonly string[] => [
		...[sent(outer, 0), sent(inner, 0.002)],
		...[challenged(inner, 0.02, 'n1'), challenged(outer, 0.022, 'n1')],
	];

	it('are joined though the Call-ID is new', () => {
		expect(legsIn(...within(phone, rebuilt))).toEqual([[PHONE_LEG, '203.0.113.5>10.0.0.20']]);
	});

	it('are joined by the nonce where the inner address is another', () => {
		const inner = { ...rebuilt, client: '10.0.0.1:5060' };
		expect(legsIn(...within(phone, inner))).toHaveLength(1);
	});

	it('are joined by the credentials where the inner address is another', () => {
		const inner = { ...rebuilt, client: '10.0.0.1:5060', headers: [credentials('n1')] };
		const outer = { ...phone, headers: [credentials('n1')] };
		expect(legsIn(sent(outer, 0), sent(inner, 0.002))).toHaveLength(1);
	});

	it('are two REGISTERs where address and nonce both differ', () => {
		const text = [
			...[sent(phone, 0), sent({ ...rebuilt, client: '10.0.0.1:5060' }, 0.002)],
			...[challenged({ ...rebuilt, client: '10.0.0.1:5060' }, 0.02, 'n2')],
			...[challenged(phone, 0.022, 'n1')],
		];
		expect(legsIn(...text)).toHaveLength(2);
	});

	it('are two REGISTERs where the user differs', () => {
		const other = { aor: 'sip:2002@example.com', contact: '<sip:2002@203.0.113.5:5070>' };
		expect(legsIn(...within(phone, { ...rebuilt, ...other }))).toHaveLength(2);
	});

	it('are two REGISTERs where the inner answer came after the outer one', () => {
		const text = [
			...[sent(phone, 0), sent(rebuilt, 0.002)],
			...[challenged(phone, 0.01, 'n1'), challenged(rebuilt, 0.5, 'n1')],
		];
		expect(legsIn(...text)).toHaveLength(2);
	});

	it('are not two phones of one account that ask one server at the same time', () => {
		const other = { ...phone, client: '192.168.1.11:5060', branch: 'z9hG4bKb', callId: 'call-2' };
		const text = [
			...[sent(phone, 0), sent(other, 0.001)],
			...[challenged(other, 0.01, 'same'), challenged(phone, 0.02, 'same')],
		];
		expect(legsIn(...text)).toHaveLength(2);
	});

	it('are one registration', () => {
		const answer = request({ cseq: 2, headers: [credentials('n1')] });
		const inner = { ...rebuilt, cseq: 901, branch: 'z9hG4bKb2b2', headers: [credentials('n1')] };
		const text = [
			...within(phone, rebuilt),
			...[sent(answer, 0.05), sent(inner, 0.052), accepted(inner, 0.06), accepted(answer, 0.062)],
		];
		const { attempts, path } = theRegistration(text.join(''), 10);
		expect(attempts).toHaveLength(1);
		expect(path).toHaveLength(2);
	});
});

describe('the leg of an SBC with an account of its own', () => {
	const asked = request({ cseq: 2, headers: [credentials('n1', 'sbc.example.com')] });
	const own: Request = {
		...phone,
		...{ client: '203.0.113.5:5070', server: '10.0.0.20:5060', branch: 'z9hG4bKown1' },
		...{ callId: 'own-call', cseq: 900, contact: '<sip:1001@203.0.113.5:5070>' },
	};
	const withAccount = {
		...own,
		...{ cseq: 901, branch: 'z9hG4bKown2', headers: [credentials('n2')] },
	};
	/** The two round trips of the SBC, within the one of the phone. */
	const registering = (first: Request, second: Request, at = 0): readonly string[] => [
		...[sent(first, at + 0.01), challenged(first, at + 0.02, 'n2')],
		...[sent(second, at + 0.03), accepted(second, at + 0.04)],
	];
	const waiting = (outer: Request): readonly string[] => [sent(outer, 0), accepted(outer, 0.05)];
	const JOINED = [[PHONE_LEG, '203.0.113.5>10.0.0.20', '203.0.113.5>10.0.0.20']];

	it('is joined with both of its round trips', () => {
		expect(legsIn(...waiting(asked), ...registering(own, withAccount))).toEqual(JOINED);
	});

	it('is joined where only its Contact names the phone', () => {
		const account = { aor: 'sip:4930123@example.com' };
		expect(
			legsIn(
				...waiting(asked),
				...registering({ ...own, ...account }, { ...withAccount, ...account }),
			),
		).toEqual(JOINED);
	});

	it('is joined where it leaves from another address of the host that captured both', () => {
		const inner = { ...withAccount, client: '10.0.0.1:5060' };
		const text = [
			...[sent(asked, 0), sent(inner, 0.01, '[out]'), accepted(inner, 0.02)],
			answered(asked, 0.03, { status: 200, marks: '[out]' }),
		];
		expect(legsIn(...text)).toHaveLength(1);
	});

	it('is not that of another address, where nobody knows whose it is', () => {
		const inner = { ...withAccount, client: '10.0.0.1:5060' };
		const text = [...waiting(asked), sent(inner, 0.01), accepted(inner, 0.02)];
		expect(legsIn(...text)).toHaveLength(2);
	});

	it('is not the trunk of a PBX, which has another user', () => {
		const trunk = { aor: 'sip:4930123@example.com', contact: '<sip:4930123@203.0.113.5>' };
		const text = [
			...waiting(asked),
			...registering({ ...own, ...trunk }, { ...withAccount, ...trunk }),
		];
		expect(legsIn(...text)).toHaveLength(3);
	});

	it('is not a refresh of its own that began before the phone asked', () => {
		const text = [sent(withAccount, 0), sent(asked, 0.01), accepted(withAccount, 0.02)];
		expect(legsIn(...text, accepted(asked, 0.03))).toHaveLength(2);
	});

	it('is not a refresh of its own that ends after the phone was answered', () => {
		const text = [sent(asked, 0), sent(withAccount, 0.01), accepted(asked, 0.012)];
		expect(legsIn(...text, accepted(withAccount, 0.03))).toHaveLength(2);
	});

	it('is none where two phones of the user wait at that moment', () => {
		const other = {
			...asked,
			...{ client: '192.168.1.11:5060', branch: 'z9hG4bKother', callId: 'call-2' },
		};
		const text = [sent(other, 0.001), accepted(other, 0.049), ...waiting(asked)];
		expect(legsIn(...text, ...registering(own, withAccount))).toHaveLength(4);
	});

	it('is none where the server sends two such REGISTERs in that time', () => {
		const rival = (one: Request): Request => ({
			...one,
			...{ callId: 'rival-call', branch: `${one.branch ?? ''}rival`, client: '203.0.113.5:5080' },
		});
		const text = [
			...waiting(asked),
			...registering(own, withAccount),
			...registering(rival(own), rival(withAccount), 0.0005),
		];
		expect(legsIn(...text).map((legs) => legs.length)).toEqual([1, 1, 1, 1, 1]);
	});
});

describe('a REGISTER that a flood of hosts sends in the same words', () => {
	it('is read in rows of a bounded number of hops, with none of them lost', () => {
		const [one] = clientTransactionsIn(sent(phone, 0));
		if (one === undefined) throw new Error('no transaction');
		const flood = Array.from({ length: 20_000 }, (_, index) => {
			const address = `10.0.${index >> 8}.${index & 0xff}`;
			return { ...one, client: { address, port: 5060 } };
		});
		const joined = joinHops(flood);
		expect(joined.flatMap(({ hops }) => hops)).toHaveLength(flood.length);
		expect(Math.max(...joined.map(({ hops }) => hops.length))).toBeLessThan(64);
	});

	it('is read in rows of a bounded number of hops where each was recorded before the one it was made of', () => {
		const flood = Array.from({ length: 400 }, (_, n) =>
			sent(
				{
					...phone,
					client: `10.0.${n >> 8}.${n & 0xff}:5060`,
					branch: `z9hG4bKn${n}`,
					below: [`SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKn${n + 1}`],
				},
				n / 10_000,
			),
		);
		const joined = legsIn(...flood);
		expect(joined.flat()).toHaveLength(flood.length);
		expect(Math.max(...joined.map((legs) => legs.length))).toBeLessThan(64);
		expect(joined.length).toBeLessThan(200);
	});
});
