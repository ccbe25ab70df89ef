import { describe, expect, it } from 'vitest';
import { natTimeoutExperiment } from '../../../src/probe/experiments/nat-timeout.js';
import { headerValues } from '../../../src/sip/header-fields.js';
import { answerTo, asking, type Behaviour, FakeNetwork, OUTSIDE, SERVER } from './fake-network.js';

interface Nat {
	readonly lifetimeS: number;
	readonly keepsPort?: boolean;
}

/** A NAT that forgets: the mapping of each local port, and when it was last used. */
class ForgetfulNat {
	readonly #mappings = new Map<number, { port: number; until: number }>();
	readonly #network: FakeNetwork;
	readonly #nat: Nat;
	#next = 10_000;

	constructor(network: FakeNetwork, nat: Nat) {
		this.#network = network;
		this.#nat = nat;
	}

	/** The outside port for something that leaves now. */
	leave(local: number): number {
		const until = this.#network.timers.now + this.#nat.lifetimeS * 1000;
		const known = this.isOpen(local) ? this.#mappings.get(local) : undefined;
		const port = known?.port ?? (this.#nat.keepsPort === true ? local : this.#next++);
		this.#mappings.set(local, { port, until });
		return port;
	}

	isOpen(local: number): boolean {
		return (this.#mappings.get(local)?.until ?? 0) >= this.#network.timers.now;
	}
}

/** A registrar, or a reflector that answers as late as it is asked to. */
async function measured(
	nat: Nat,
	{
		isReflector = false,
		max = 300,
		lost = -1,
		refuses = false,
		signal = new AbortController().signal,
	} = {},
) {
	const network = new FakeNetwork();
	const box = new ForgetfulNat(network, nat);
	const behaviour: Behaviour = (sent) => {
		const { port } = sent.local;
		const seen = { address: OUTSIDE, port: box.leave(port) };
		const delay = Number(headerValues(sent.request, 'x-sipdoctor-delay')[0] ?? 0);
		const told = [`X-Sipdoctor-Delay: ${delay}${refuses ? ' refused' : ''}`];
		const text = answerTo(sent, seen, '200 OK', delay === 0 ? [] : told);
		if (delay === 0 || refuses) return text;
		return { text, afterMs: delay * 1000, arrives: () => box.isOpen(port) && delay !== lost };
	};
	const inputs = { remote: SERVER, isReflector, max, asking: asking() };
	const done = natTimeoutExperiment(inputs, network.asker(behaviour, signal));
	const result = await network.settle(done);
	return { ...result, sent: network.sent, tookS: network.timers.now / 1000 };
}

describe('the lifetime of a NAT mapping, by the registrar alone', () => {
	it('is an interval where a new mapping has another port', async () => {
		const { experiment, lifetime } = await measured({ lifetimeS: 60 });
		expect(lifetime).toEqual({ kind: 'between', low: 55, high: 70 });
		expect(experiment).toMatchObject({ verdict: 'measured' });
		expect(experiment.text).toContain('between 55 and 70 s');
	});

	it('is not waited for any longer than it takes', async () => {
		const { tookS } = await measured({ lifetimeS: 60 });
		expect(tookS).toBeLessThan(100);
	});

	it('is at least the longest silence where nothing was forgotten, with its doubt', async () => {
		const { lifetime, experiment } = await measured({ lifetimeS: 4000 }, { max: 100 });
		expect(lifetime).toEqual({ kind: 'at-least', low: 100 });
		expect(experiment.text).toContain('or the NAT gives the same port again');
	});

	it('cannot be told where the NAT keeps the port', async () => {
		const { experiment } = await measured({ lifetimeS: 30, keepsPort: true }, { max: 60 });
		expect(experiment.verdict).toBe('cannot-tell');
		expect(experiment.text).toContain('--reflector');
	});

	it('costs the server two requests for each silence', async () => {
		const { sent } = await measured({ lifetimeS: 4000 });
		expect(sent.length).toBeLessThanOrEqual(20);
	});
});

describe('the lifetime of a NAT mapping, by late answers', () => {
	it('is an interval also where the NAT keeps the port', async () => {
		const nat = { lifetimeS: 30, keepsPort: true };
		const { lifetime } = await measured(nat, { isReflector: true });
		expect(lifetime).toEqual({ kind: 'between', low: 25, high: 35 });
	});

	it('survives one lost answer', async () => {
		const { lifetime } = await measured({ lifetimeS: 120 }, { isReflector: true, lost: 25 });
		expect(lifetime).toEqual({ kind: 'between', low: 100, high: 130 });
	});

	it('cannot be told by a reflector that will not wait', async () => {
		const { lifetime } = await measured({ lifetimeS: 30 }, { isReflector: true, refuses: true });
		expect(lifetime.kind).toBe('cannot-tell');
	});

	it('ends at once on Ctrl-C', async () => {
		const abort = new AbortController();
		abort.abort();
		const { signal } = abort;
		const { sent, lifetime } = await measured({ lifetimeS: 30 }, { isReflector: true, signal });
		expect(sent).toEqual([]);
		expect(lifetime.kind).toBe('cannot-tell');
	});
});
