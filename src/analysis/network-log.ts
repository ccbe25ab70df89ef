/** What the network itself told, and a probe of itself: everything in a source that is no SIP message, within bounds. */
import type { OddityCounter } from '../bytes/oddity.js';
import type { AttemptEvent } from '../registration/registration.js';
import type {
	DnsEvent,
	ExperimentEvent,
	NeighbourEvent,
	NotCapturedEvent,
	ProbeEvent,
	StunEvent,
	UnreachableEvent,
} from '../trace/observed.js';
import { LookupLog } from './lookup-log.js';
import type { ReadSource } from './read-source.js';

/** Bounds of the tables: enough for any site, too little to be filled up by an attacker. */
const MAX_NEIGHBOURS = 4_096;
const MAX_FAILURES = 10_000;
const MAX_STUN = 2_000;
const MAX_REFUSED = 1_000;
const MAX_NOT_CAPTURED = 10_000;
/** Transports and targets of one probe; a file that was made up may hold more. */
const MAX_PROBES = 100;
const MAX_EXPERIMENTS = 50;

export class NetworkLog {
	readonly #neighbours = new Map<string, NeighbourEvent>();
	readonly #failures: AttemptEvent[] = [];
	#failuresDropped = 0;
	#firstFailureDropped = 0;
	readonly #lookups = new LookupLog();
	readonly #stun: StunEvent[] = [];
	readonly #refused: UnreachableEvent[] = [];
	readonly #notCaptured: NotCapturedEvent[] = [];
	readonly #probes: ProbeEvent[] = [];
	readonly #experiments: ExperimentEvent[] = [];

	/** What kept a REGISTER from leaving or arriving; as it came, and the first of them where there are too many. */
	get failures(): readonly AttemptEvent[] {
		return this.#failures;
	}

	/** True for what a probe did or saved. */
	get isProbe(): boolean {
		return this.#probes.length > 0;
	}

	/** What is the same for all registrations of the source. */
	told(): Pick<
		ReadSource,
		'neighbours' | 'lookups' | 'stun' | 'refused' | 'notCaptured' | 'probes' | 'experiments'
	> {
		return {
			neighbours: [...this.#neighbours.values()],
			lookups: this.#lookups.list(),
			stun: this.#stun,
			refused: this.#refused,
			notCaptured: this.#notCaptured,
			probes: this.#probes,
			experiments: this.#experiments,
		};
	}

	failure(event: AttemptEvent): void {
		if (this.#failures.length < MAX_FAILURES) {
			this.#failures.push(event);
			return;
		}
		this.#failuresDropped += 1;
		if (this.#firstFailureDropped === 0) this.#firstFailureDropped = event.frame;
	}

	/** An ICMP error that quotes no REGISTER of the source. */
	refused(event: UnreachableEvent): void {
		if (this.#refused.length < MAX_REFUSED) this.#refused.push(event);
	}

	notCaptured(event: NotCapturedEvent): void {
		if (this.#notCaptured.length < MAX_NOT_CAPTURED) this.#notCaptured.push(event);
	}

	neighbour(event: NeighbourEvent): void {
		if (this.#neighbours.size < MAX_NEIGHBOURS) this.#neighbours.set(event.address, event);
	}

	lookup(event: DnsEvent): void {
		this.#lookups.add(event);
	}

	stun(event: StunEvent): void {
		if (event.message === 'success' && this.#stun.length < MAX_STUN) this.#stun.push(event);
	}

	/** What a probe sets out to do, or that it is done with it. */
	probe(event: ProbeEvent): void {
		const last = this.#probes.at(-1);
		if (last !== undefined && event.isOver)
			this.#probes[this.#probes.length - 1] = { ...last, isOver: true };
		else if (this.#probes.length < MAX_PROBES) this.#probes.push(event);
	}

	experiment(event: ExperimentEvent): void {
		if (this.#experiments.length < MAX_EXPERIMENTS) this.#experiments.push(event);
	}

	/** Says what was beyond the bounds. */
	countDropped(oddities: OddityCounter): void {
		const names =
			'more names were asked for than are kept; the rest is not joined to registrations';
		oddities.add('dns-lookups-dropped', 'dns', 0, names, this.#lookups.dropped);
		const events =
			'more failed connections and lost fragments than are kept; the rest is not joined';
		const first = this.#firstFailureDropped;
		oddities.add('network-events-dropped', 'trace', first, events, this.#failuresDropped);
	}
}
