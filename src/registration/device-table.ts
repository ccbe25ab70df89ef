import type { Instant } from '../time/instant.js';
import type { Dialogue } from './dialogue.js';

interface Device {
	/** Position in the list of devices: where several would do, the first is meant. */
	readonly order: number;
	readonly members: Dialogue[];
	/** Address and User-Agent of all members; undefined where they differ. */
	host: string | undefined;
	readonly instances: Set<string>;
	to: Instant;
}

interface Entry {
	readonly device: Device;
	readonly member: Dialogue;
}

/**
 * Entries kept under one key, the latest: a scanner uses one Call-ID or one nonce for thousands, and to compare each
 * with all before it would take hours.
 */
const MAX_ENTRIES = 64;

/**
 * Joins the dialogues of one device (design §2, registration): same instance, else same Call-ID, else credentials for a
 * nonce that the other was given, else the same host and User-Agent without overlap in time. Dialogues are added in
 * order of their start; what two must share is a key, so that no dialogue is compared with all.
 */
export class DeviceTable {
	readonly #devices: Device[] = [];
	readonly #entries = new Map<string, Entry[]>();

	add(dialogue: Dialogue): void {
		const device = this.#find(dialogue) ?? this.#newDevice(dialogue);
		device.members.push(dialogue);
		if (device.host !== hostOf(dialogue)) device.host = undefined;
		if (dialogue.instance !== undefined) device.instances.add(dialogue.instance);
		device.to = Math.max(device.to, dialogue.to);
		this.#remember({ device, member: dialogue });
	}

	/** The dialogues of each device, in order of their first one. */
	list(): readonly (readonly Dialogue[])[] {
		return this.#devices.map(({ members }) => members);
	}

	#newDevice(dialogue: Dialogue): Device {
		const device = {
			order: this.#devices.length,
			members: [],
			host: hostOf(dialogue),
			instances: new Set<string>(),
			to: dialogue.to,
		};
		this.#devices.push(device);
		return device;
	}

	#find(dialogue: Dialogue): Device | undefined {
		const { instance, issued, answered } = dialogue;
		const under = (kind: string, value: string) =>
			this.#entries.get(keyOf(dialogue, kind, value)) ?? [];
		// Each only where the ones before it tell nothing.
		return (
			firstOf(instance === undefined ? [] : under('instance', instance)) ??
			firstOf(
				under('call', dialogue.callId).filter(({ member }) => isSameCaller(member, dialogue)),
			) ??
			firstOf(
				[
					...[...issued].flatMap((nonce) => under('answered', nonce)),
					...[...answered].flatMap((nonce) => under('issued', nonce)),
				].filter(mayBe(dialogue)),
			) ??
			firstOf(
				under('host', hostOf(dialogue)).filter(({ device }) => isSameHostLater(device, dialogue)),
			)
		);
	}

	#remember(entry: Entry): void {
		const { instance, callId, issued, answered } = entry.member;
		if (instance !== undefined) this.#append('instance', instance, entry);
		this.#append('call', callId, entry);
		for (const nonce of issued) this.#append('issued', nonce, entry);
		for (const nonce of answered) this.#append('answered', nonce, entry);
		const host = this.#entries.get(keyOf(entry.member, 'host', hostOf(entry.member)));
		if (host?.some(({ device }) => device === entry.device) !== true) {
			this.#append('host', hostOf(entry.member), entry);
		}
	}

	#append(kind: string, value: string, entry: Entry): void {
		const key = keyOf(entry.member, kind, value);
		const list = this.#entries.get(key);
		if (list === undefined) this.#entries.set(key, [entry]);
		else if (list.push(entry) > MAX_ENTRIES) list.shift();
	}
}

function firstOf(entries: readonly Entry[]): Device | undefined {
	let first: Device | undefined;
	for (const { device } of entries) {
		if (first === undefined || device.order < first.order) first = device;
	}
	return first;
}

function keyOf({ aor }: Dialogue, kind: string, value: string): string {
	return `${kind}|${aor}|${value}`;
}

function hostOf({ address, userAgent }: Dialogue): string {
	return `${address}|${userAgent}`;
}

/** Two instances are two devices, whatever else they share: Kamailio gives all who ask within a second one nonce. */
function mayBe({ instance }: Dialogue): (entry: Entry) => boolean {
	return ({ device: { instances } }) =>
		instance === undefined || instances.size === 0 || instances.has(instance);
}

/**
 * A Call-ID in two places at the same time is a cloned configuration; at different times it is one phone whose address
 * changed.
 */
function isSameCaller(earlier: Dialogue, later: Dialogue): boolean {
	if (earlier.instance !== undefined && later.instance !== undefined) return false;
	return earlier.address === later.address || earlier.to < later.from;
}

/** A phone that was started anew: no member of the device is anything else, or still at it. */
function isSameHostLater(device: Device, later: Dialogue): boolean {
	if (device.instances.size > 0 && later.instance !== undefined) return false;
	return device.host === hostOf(later) && device.to < later.from;
}
