import { describe, expect, it } from 'vitest';
import { algExperiment } from '../../../src/probe/experiments/alg.js';
import { headerValues } from '../../../src/sip/header-fields.js';
import {
	answerTo,
	asking,
	type Behaviour,
	FakeNetwork,
	OUTSIDE,
	PHONE,
	SERVER,
	type Sent,
} from './fake-network.js';

const NAT = { address: OUTSIDE, port: 40_061 };
const honest: Behaviour = (sent) => answerTo(sent, NAT);
const silent: Behaviour = () => undefined;

function names(sent: Sent): boolean {
	return !headerValues(sent.request, 'via').join().includes(PHONE);
}

/** What nf_nat_sip does to the answer of a request with the own address: it puts it back, with its port. */
const kernelAlg: Behaviour = (sent) => {
	if (names(sent)) return honest(sent);
	const port = `:${sent.local.port}`;
	return answerTo(sent, { address: PHONE, port: sent.local.port })
		.replace(`UDP ${PHONE};`, `UDP ${PHONE}${port};`)
		.replace(`@${PHONE}>`, `@${PHONE}${port}>`);
};

async function tried(
	udp: Behaviour,
	{ tcp = silent, tls = silent, answersRegister = true, isFree = true, port = SERVER.port } = {},
) {
	const network = new FakeNetwork();
	const local = { address: PHONE, port: 40_500 };
	const tlsRemote = tls === silent ? undefined : { ...SERVER, port: 5061 };
	const remote = { ...SERVER, port };
	const inputs = { remote, tlsRemote, local, answersRegister, asking: asking() };
	const transports = {
		...{ udp: network.open('udp', udp), tcp: network.open('tcp', tcp) },
		tls: network.open('tls', tls),
	};
	const openDatagrams = () =>
		Promise.resolve(
			isFree
				? { local, send: () => undefined, close: () => Promise.resolve() }
				: { errno: 'EADDRINUSE' },
		);
	const done = algExperiment(inputs, { ...network.deps(), transports, openDatagrams });
	return { ...(await network.settle(done)), sent: network.sent };
}

describe('the search for an ALG', () => {
	it('proves one by the port that it adds to the own address', async () => {
		const { experiment } = await tried(kernelAlg);
		expect(experiment.verdict).toBe('alg-proven');
		expect(experiment.proof.map(({ field }) => field)).toEqual(['Via sent-by', 'From']);
		expect(experiment.text).toContain(`${PHONE} and came back as ${PHONE}:5060`);
	});

	it('proves one by what received says to an address and to a name, where 5060 is taken', async () => {
		const { experiment, sent, outside } = await tried(kernelAlg, { isFree: false });
		expect(sent[0]?.local.port).not.toBe(5060);
		expect(experiment.verdict).toBe('alg-proven');
		expect(experiment.proof.map(({ field }) => field)).toEqual(['Via received', 'Via received']);
		expect(outside).toEqual(NAT);
	});

	it('proves one by received that is missing where there is a NAT', async () => {
		const without: Behaviour = (sent) => (names(sent) ? honest(sent) : answerTo(sent, undefined));
		expect((await tried(without)).experiment.verdict).toBe('alg-proven');
	});

	it('takes received that is missing beside a true rport for the way of the server', async () => {
		const habit: Behaviour = (sent) =>
			names(sent) ? honest(sent) : answerTo(sent, NAT).replace(`;received=${OUTSIDE}`, '');
		const { experiment } = await tried(habit);
		expect(experiment.verdict).toBe('cannot-tell');
		expect(experiment.text).toContain('presumably its own way');
	});

	it('asks from another local port as well, and says where nothing is edited there', async () => {
		const onDefaultPort: Behaviour = (sent) =>
			sent.local.port === 5060 ? kernelAlg(sent) : honest(sent);
		const { experiment, sent } = await tried(onDefaultPort);
		expect(new Set(sent.map(({ local }) => local.port)).size).toBeGreaterThan(1);
		expect(experiment.verdict).toBe('alg-proven');
		expect(experiment.text).toMatch(/^ALG proven over UDP: .*nothing is edited$/);
		const rows = experiment.rows.filter((row) => row[1] === 'UDP from another port');
		expect(rows.map((row) => row[4])).toEqual(['', '']);
	});

	it('says that another local port is answered where 5060 is silent', async () => {
		const filtered: Behaviour = (sent) => (sent.local.port === 5060 ? undefined : honest(sent));
		const { experiment } = await tried(filtered, { answersRegister: false });
		expect(experiment.verdict).toBe('cannot-tell');
		expect(experiment.text).toContain('a filter or an ALG on local port 5060');
	});

	it('asks from another port only once each where nobody answers', async () => {
		const { sent } = await tried(silent, { answersRegister: false });
		const other = sent.filter(({ local, transport }) => local.port !== 5060 && transport === 'udp');
		expect(other).toHaveLength(2);
	});

	it('proves one over TCP that leaves UDP alone', async () => {
		const { experiment } = await tried(honest, { tcp: kernelAlg });
		expect(experiment).toMatchObject({ verdict: 'alg-proven' });
		expect(experiment.text).toMatch(/^ALG proven over TCP/);
	});

	it('finds none behind an honest NAT', async () => {
		const { experiment } = await tried(honest, { tcp: honest });
		expect(experiment.verdict).toBe('no-alg');
		expect(experiment.proof).toEqual([]);
	});

	it('finds none without a NAT, where a server need not say received', async () => {
		const own: Behaviour = (sent) =>
			answerTo(sent, names(sent) ? { address: PHONE, port: 5060 } : undefined);
		expect((await tried(own)).experiment.verdict).toBe('no-alg');
	});

	it('does not blame an ALG for a server that writes the port everywhere', async () => {
		const habit: Behaviour = (sent) =>
			answerTo(sent, NAT).replace(/(From: <sip:[^>]+)>/, '$1:5060>');
		expect((await tried(habit)).experiment.verdict).toBe('no-alg');
	});

	it('does not blame an ALG for an SBC that answers in its own name', async () => {
		const sbc: Behaviour = (sent) =>
			answerTo(sent, NAT).replace(/From: <sip:[^>]+>/, 'From: <sip:anonymous@sbc.example.com>');
		expect((await tried(sbc)).experiment.verdict).toBe('no-alg');
	});

	it('proves one against TLS, where nobody can edit', async () => {
		const { experiment } = await tried(kernelAlg, { tcp: kernelAlg, tls: honest });
		expect(experiment.verdict).toBe('alg-proven');
		expect(experiment.text).toMatch(/^ALG proven over UDP and TCP/);
		expect(experiment.rows.map((row) => row[1])).toContain('TLS');
	});

	it('takes for the server’s own way what is so over TLS as well', async () => {
		const { experiment } = await tried(kernelAlg, { tcp: kernelAlg, tls: kernelAlg });
		expect(experiment).toMatchObject({ verdict: 'cannot-tell', proof: [] });
		expect(experiment.text).toContain('the server itself answers so');
	});

	it('cannot tell where the server does not say what it saw', async () => {
		const mute: Behaviour = (sent) => answerTo(sent, undefined);
		const { experiment } = await tried(mute);
		expect(experiment).toMatchObject({ verdict: 'cannot-tell' });
		expect(experiment.text).toContain('does not say in received');
	});

	it('cannot tell why only the request with a name is answered', async () => {
		const { experiment } = await tried((sent) => (names(sent) ? honest(sent) : undefined));
		expect(experiment.verdict).toBe('cannot-tell');
		expect(experiment.text).toContain('drops or misdirects');
	});

	it('cannot tell where UDP is silent, and says that TCP is not', async () => {
		const { experiment } = await tried(silent, { tcp: honest, answersRegister: false });
		expect(experiment.verdict).toBe('cannot-tell');
		expect(experiment.text).toContain('a filter on UDP, or an ALG that drops');
	});

	it('asks with REGISTER where OPTIONS is not answered, without Contact and credentials', async () => {
		const register: Behaviour = (sent) =>
			sent.request.method === 'REGISTER' ? answerTo(sent, NAT, '401 Unauthorized') : undefined;
		const { experiment, sent } = await tried(register);
		expect(experiment.verdict).toBe('no-alg');
		const registers = sent.filter(({ request }) => request.method === 'REGISTER');
		expect(registers).toHaveLength(2);
		for (const { request } of registers) {
			expect(headerValues(request, 'contact')).toEqual([]);
			expect(headerValues(request, 'authorization')).toEqual([]);
		}
	});

	it('says so where the port of the server is none that ALGs look at', async () => {
		const { experiment } = await tried(honest, { port: 5080 });
		expect(experiment.text).toContain('port 5080 is none that ALGs look at');
	});

	it.each([
		['answers', honest, 7],
		['is silent', silent, 20],
	])(
		'is a guest: few requests, one a second, for a server that %s',
		async (_name, behaviour, most) => {
			const { sent } = await tried(behaviour, { tcp: honest });
			expect(sent.length).toBeLessThanOrEqual(most);
			const first = new Map(sent.map(({ request, at }) => [headerValues(request, 'via')[0], at]));
			const starts = [...first.values()].toSorted((a, b) => a - b);
			const udp = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
			expect(udp.filter((gap) => gap < 1000)).toEqual([]);
		},
	);
});
