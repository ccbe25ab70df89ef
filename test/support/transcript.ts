/*
 * Transcripts: what a capture shows, as text that reads well in a diff. Directives first, then events, each under one
 * line with its time in seconds:
 *
 *   ## any words                     a comment
 *   # account 1001 secret            an account given by the user (username password)
 *   # vantage client                 where it was captured, as the user says; without it the guess decides
 *   # until 40                       time of the last packet of the source, seconds
 *   # probe sip:1001@example.com     the source is a probe
 *
 * Several captures: a block says `[in=server.pcap]` which one it is in, all others are in `transcript.sip`. Each covers
 * the whole time, unless it is said otherwise:
 *
 *   # vantage server.pcap=server     of one of several
 *   # from server.pcap=10            time of its first packet, seconds
 *   # until server.pcap=40           and of its last
 *   # empty server.pcap              a capture without a packet
 *
 *   +0.000 UDP 192.168.1.10:5060 > 203.0.113.5:5060 [ttl=64] [out] [checksum=bad] [cut]
 *                    [size=1350] [fragments=2] [gateway=00:00:5e:00:53:01]
 *   REGISTER sip:example.com SIP/2.0
 *   …
 *   +0.500 AGAIN UDP 192.168.1.10:5060 > 203.0.113.5:5060 [ttl=64]      the message this hop showed last, once more
 *   +0.100 ICMP port from 203.0.113.5 quoting UDP 192.168.1.10:5060 > 203.0.113.5:5060 [branch=z9hG4bK…]
 *   +0.100 CONNECT, TLS, WEBSOCKET, FRAGMENTS, UNANSWERED-ARP, FOREIGN …   see transcript-events.ts
 *   +0.000 DNS nxdomain sip.example.com                      a probe's resolver
 *   +0.000 DNS 192.168.1.10:40000 > 192.168.1.1:53 SRV _sip._udp.example.com answered [copies=2]     a phone's question
 *   _sip._udp.example.com 300 SRV 10 60 5060 a.example.com      and each record of the answer: name, TTL, type, data
 *   +0.000 ARP 192.168.1.1 [mac=00:00:5e:00:53:01]
 */

import { readFileSync } from 'node:fs';
import { type AnalysisInput, analyse, DETAIL_LIMIT } from '../../src/analysis/analyse.js';
import { analyseSources, type SourcesInput } from '../../src/analysis/analyse-sources.js';
import type { Analysis } from '../../src/analysis/analysis.js';
import { KeptRegistrations } from '../../src/analysis/kept-registrations.js';
import type { ReadSource } from '../../src/analysis/read-source.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import type { Transport } from '../../src/net/transport.js';
import type { Account } from '../../src/registration/account.js';
import { DigestSearcher } from '../../src/registration/digest-search.js';
import type { Vantage } from '../../src/registration/vantage.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import type { Instant } from '../../src/time/instant.js';
import type {
	DnsEvent,
	FragmentEvent,
	ResolutionEvent,
	UnreachableEvent,
} from '../../src/trace/observed.js';
import type { ClientTransaction } from '../../src/transaction/client-transaction.js';
import { endpointOf, fact, networkEventOf, numberOf } from './transcript-events.js';

/** 2026-01-01T00:00:00Z, the zero of every transcript. */
const START: Instant = 1_767_225_600_000_000;
const SOURCE = 'transcript.sip';

interface Directive {
	readonly name: string;
	readonly value: string;
}

/** What a transcript of one capture shows, before anything is made of it. */
export function readTranscript(text: string): AnalysisInput {
	const { sources, accounts, vantages } = readSources(text);
	const [source] = sources;
	if (source === undefined) throw new Error('a transcript shows at least one source');
	return { source, accounts, vantage: vantages.get(SOURCE) };
}

export function analyseTranscript(text: string): Analysis {
	const input = readSources(text);
	const { sources, accounts, vantages } = input;
	const [only, ...others] = sources;
	if (only !== undefined && others.length === 0)
		return analyse({ source: only, accounts, vantage: vantages.get(SOURCE) });
	return analyseSources(input, new KeptRegistrations(DETAIL_LIMIT));
}

/** Every source of a transcript, in the order in which they are named. */
function readSources(text: string): SourcesInput {
	const directives = [...text.matchAll(/^# (\w+) (.+)$/gm)].map(([, name, value]) => ({
		name: name ?? '',
		value: (value ?? '').trim(),
	}));
	const valuesOf = (name: string) =>
		directives.filter((one) => one.name === name).map(({ value }) => value);
	const blocks = spelledOut(text.split(/^(?=\+\d)/m).filter((block) => block.startsWith('+'))).map(
		(block, index) => ({ block, frame: index + 1, source: sourceOf(block) }),
	);
	const names = new Set([...blocks.map(({ source }) => source), ...valuesOf('empty')]);
	if (names.size === 0) names.add(SOURCE);
	const latest = Math.max(START, ...blocks.map(({ block }) => timeOf(block)));
	return {
		sources: [...names].map((name) => {
			const own = blocks.filter(({ source }) => source === name);
			return readSource(name, own, { directives, latest });
		}),
		accounts: valuesOf('account').map(account),
		vantages: new Map(valuesOf('vantage').map(vantageOf)),
		digestSearcher: new DigestSearcher(),
	};
}

function vantageOf(value: string): readonly [string, Vantage] {
	const [first = '', second] = value.split('=');
	return second === undefined ? [SOURCE, first as Vantage] : [first, second as Vantage];
}

function sourceOf(block: string): string {
	return fact(block.split('\n')[0]?.split(/\s+/) ?? [], 'in') ?? SOURCE;
}

function timeOf(block: string): Instant {
	return START + Math.round(Number(/^\+(\S+)/.exec(block)?.[1]) * 1_000_000);
}

function readSource(
	name: string,
	blocks: readonly { readonly block: string; readonly frame: number }[],
	{ directives, latest }: { directives: readonly Directive[]; latest: Instant },
): ReadSource {
	const log = new SourceLog();
	const directive = (kind: string) => directives.find((one) => one.name === kind)?.value;
	const seconds = (kind: string): Instant | undefined => {
		const values = directives.filter((one) => one.name === kind).map(({ value }) => value);
		const own = values.find((value) => value.startsWith(`${name}=`))?.slice(name.length + 1);
		const value = own ?? values.find((one) => !one.includes('='));
		return value === undefined ? undefined : START + Math.round(Number(value) * 1_000_000);
	};
	const probe = directive('probe');
	if (probe !== undefined) {
		const target = { host: 'example.com', port: 5060, transport: 'udp' as const };
		log.event({ kind: 'probe', aor: probe, target, source: name, frame: 0, at: START });
	}
	for (const { block, frame } of blocks) feed(log, block, { frame, source: name });
	const isEmpty = directive('empty') === name;
	return log.finish({
		...{ kind: 'capture' as const, name, format: 'pcap', linkTypes: ['ethernet'] },
		...{ packets: blocks.length, bytes: 1, sipMessages: blocks.length },
		...{ registerRequests: blocks.length, truncated: false, oddities: [] },
		firstPacketAt: isEmpty ? undefined : (seconds('from') ?? START),
		lastPacketAt: isEmpty ? undefined : (seconds('until') ?? latest),
	});
}

export function analyseTranscriptFile(path: string): Analysis {
	return analyseTranscript(readFileSync(path, 'utf8'));
}

function account(value: string): Account {
	const [username = '', password = ''] = value.split(' ');
	return { username, realm: undefined, aor: undefined, secret: { kind: 'password', password } };
}

/** Puts the message in place of each `AGAIN`. */
function spelledOut(blocks: readonly string[]): readonly string[] {
	const shown = new Map<string, string>();
	return blocks.map((block) => {
		const [, offset = '', again, hop = '', text = ''] =
			/^(\S+) (AGAIN )?([^\n]*)([\s\S]*)$/.exec(block.trimEnd()) ?? [];
		if (again === undefined) {
			shown.set(hop, text);
			return block;
		}
		const known = shown.get(hop);
		if (known === undefined) throw new Error(`nothing to show again: ${block}`);
		return `${offset} ${hop}${known}`;
	});
}

function feed(
	log: SourceLog,
	block: string,
	{ frame, source }: { readonly frame: number; readonly source: string },
): void {
	const newline = block.indexOf('\n');
	const head = block.slice(0, newline < 0 ? undefined : newline).trim();
	const [, kind = '', ...words] = head.split(/\s+/);
	const place = { at: timeOf(block), frame, source };
	const text = newline < 0 ? '' : block.slice(newline + 1);
	const event = networkEventOf(kind, words, text, place);
	if (event?.kind === 'fragments-lost' && !words.includes('[tcp]'))
		feedBeginning(log, event, { words, place });
	if (event !== undefined) log.event(event);
	else if (kind === 'ICMP') log.event(unreachable(words, place));
	else if (kind === 'DNS' && words[1] === '>') log.event(question(words, block, place));
	else if (kind === 'DNS') log.event(resolution(words, place));
	else if (kind === 'ARP')
		log.event({
			kind: 'neighbour',
			address: words[0] ?? '',
			mac: fact(words, 'mac') ?? '',
			...place,
		});
	else feedMessage(log, text, { kind, words, place });
}

/** What stands in the first fragment of a datagram is told as a message, too. */
function feedBeginning(
	log: SourceLog,
	{ src, dst, first }: FragmentEvent,
	{ words, place }: { words: readonly string[]; place: Place },
): void {
	if (first === undefined) return;
	const hop = [`${src}:${first.srcPort}`, '>', `${dst}:${first.dstPort}`];
	const facts = words.filter((word) => word.startsWith('['));
	const text = first.text.replaceAll('\r\n', '\n');
	feedMessage(log, text, { kind: 'UDP', words: [...hop, ...facts, '[cut]', '[beginning]'], place });
}

type Place = { readonly at: Instant; readonly frame: number; readonly source: string };

function feedMessage(
	log: SourceLog,
	text: string,
	{ kind, words, place }: { kind: string; words: readonly string[]; place: Place },
): void {
	const cut = words.includes('[cut]');
	// Of one that is cut nobody knows whether its head ends there.
	const end = cut ? '\r\n' : '\r\n\r\n';
	const payload = Buffer.from(`${text.trimEnd().replaceAll('\n', '\r\n')}${end}`, 'utf8');
	const parsed = parseDatagram(payload);
	if (!parsed.ok)
		throw new Error(`frame ${place.frame} does not parse: ${JSON.stringify(parsed.malformed)}`);
	const ttl = fact(words, 'ttl');
	const gateway = fact(words, 'gateway');
	log.message({
		...place,
		message: parsed.value,
		src: endpointOf(words[0]),
		dst: endpointOf(words[2]),
		transport: kind.toLowerCase() as Transport,
		frames: [place.frame],
		cut,
		packet: {
			fragments: numberOf(words, 'fragments') ?? 1,
			...(words.includes('[beginning]') ? { isBeginning: true as const } : {}),
			payloadLength: numberOf(words, 'size') ?? payload.length,
			...(ttl === undefined ? {} : { ttl: Number(ttl) }),
			...(gateway === undefined ? {} : { destinationMac: gateway }),
			...(words.includes('[out]') ? { direction: 'outbound' as const } : {}),
			...(words.includes('[in]') ? { direction: 'inbound' as const } : {}),
			...(words.includes('[checksum=bad]') ? { udpChecksum: 'bad' as const } : {}),
			...(words.includes('[checksum=good]') ? { udpChecksum: 'good' as const } : {}),
		},
	});
}

/** `port from 203.0.113.5 quoting UDP a:p > b:p`; `errno=ECONNREFUSED` instead of the sender for a socket. */
function unreachable(words: readonly string[], place: Place): UnreachableEvent {
	const errno = words.find((word) => word.startsWith('errno='))?.slice(6);
	const quoting = words.indexOf('quoting');
	return {
		kind: 'unreachable',
		reason: words[0] as UnreachableEvent['reason'],
		reporter: errno === undefined ? words[2] : undefined,
		icmp:
			errno === undefined ? { version: 4, type: 3, code: numberOf(words, 'code') ?? 3 } : undefined,
		errno,
		quoted: {
			transport: (words[quoting + 1] ?? 'udp').toLowerCase() as Transport,
			src: endpointOf(words[quoting + 2]),
			dst: endpointOf(words[quoting + 4]),
			text: words.find((word) => word.startsWith('[branch='))?.slice(1, -1) ?? '',
		},
		...place,
	};
}

function resolution(words: readonly string[], place: Place): ResolutionEvent {
	const [outcome, name = ''] = words;
	return {
		kind: 'resolution',
		outcome: outcome as ResolutionEvent['outcome'],
		name,
		errno: undefined,
		...place,
	};
}

/** `a:p > b:53 SRV name answered [copies=2]`, and a record a line. */
function question(words: readonly string[], block: string, place: Place): DnsEvent {
	const [src, , dst, type = '', name = '', outcome] = words;
	const copies = words.find((word) => word.startsWith('[copies='))?.slice(8, -1);
	const records = block.trimEnd().split('\n').slice(1);
	return {
		kind: 'dns',
		src: endpointOf(src),
		dst: endpointOf(dst),
		...{ name, type },
		outcome: outcome as DnsEvent['outcome'],
		copies: Number(copies ?? 1),
		answers: records.map((record) => {
			const [owner = '', ttl = '', kind = '', ...data] = record.split(' ');
			return { name: owner, ttl: Number(ttl), type: kind, data: data.join(' ') };
		}),
		...place,
	};
}

/** The client transactions of a transcript on every leg, in order. */
export function clientTransactionsIn(text: string): readonly ClientTransaction[] {
	return readTranscript(text)
		.source.transactions.flatMap(({ hops }) => hops)
		.toSorted((a, b) => a.request.at - b.request.at || a.request.frame - b.request.frame);
}
