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
import { type AnalysisInput, analyse } from '../../src/analysis/analyse.js';
import type { Analysis } from '../../src/analysis/analysis.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import type { Transport } from '../../src/net/transport.js';
import type { Account } from '../../src/registration/account.js';
import type { Vantage } from '../../src/registration/vantage.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import type { Instant } from '../../src/time/instant.js';
import type { DnsEvent, ResolutionEvent, UnreachableEvent } from '../../src/trace/observed.js';
import type { ClientTransaction } from '../../src/transaction/client-transaction.js';
import { endpointOf, fact, networkEventOf, numberOf } from './transcript-events.js';

/** 2026-01-01T00:00:00Z, the zero of every transcript. */
const START: Instant = 1_767_225_600_000_000;
const SOURCE = 'transcript.sip';

/** What a transcript shows, before anything is made of it. */
export function readTranscript(text: string): AnalysisInput {
	const directives = [...text.matchAll(/^# (\w+) (.+)$/gm)].map(([, name, value]) => ({
		name: name ?? '',
		value: (value ?? '').trim(),
	}));
	const directive = (name: string) => directives.find((one) => one.name === name)?.value;
	const log = new SourceLog();
	const probe = directive('probe');
	if (probe !== undefined) {
		const target = { host: 'example.com', port: 5060, transport: 'udp' as const };
		log.event({ kind: 'probe', aor: probe, target, source: SOURCE, frame: 0, at: START });
	}
	const blocks = spelledOut(text.split(/^(?=\+\d)/m).filter((block) => block.startsWith('+')));
	let last = START;
	for (const [index, block] of blocks.entries()) last = feed(log, block, index + 1);
	const until = directive('until');
	const source = log.finish({
		...{ kind: 'capture' as const, name: SOURCE, format: 'pcap', linkTypes: ['ethernet'] },
		...{ packets: blocks.length, bytes: text.length, sipMessages: blocks.length },
		...{ registerRequests: blocks.length, truncated: false, oddities: [] },
		firstPacketAt: START,
		lastPacketAt: until === undefined ? last : START + Math.round(Number(until) * 1_000_000),
	});
	const vantage = directive('vantage') as Vantage | undefined;
	const accounts = directives
		.filter(({ name }) => name === 'account')
		.map(({ value }) => account(value));
	return { source, accounts, vantage };
}

export function analyseTranscript(text: string): Analysis {
	return analyse(readTranscript(text));
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

function feed(log: SourceLog, block: string, frame: number): Instant {
	const newline = block.indexOf('\n');
	const head = block.slice(0, newline < 0 ? undefined : newline).trim();
	const [offset = '', kind = '', ...words] = head.split(/\s+/);
	const at = START + Math.round(Number(offset.slice(1)) * 1_000_000);
	const place = { at, frame, source: SOURCE };
	const text = newline < 0 ? '' : block.slice(newline + 1);
	const event = networkEventOf(kind, words, text, place);
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
	return at;
}

type Place = { readonly at: Instant; readonly frame: number; readonly source: string };

function feedMessage(
	log: SourceLog,
	text: string,
	{ kind, words, place }: { kind: string; words: readonly string[]; place: Place },
): void {
	const payload = Buffer.from(`${text.trimEnd().replaceAll('\n', '\r\n')}\r\n\r\n`, 'utf8');
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
		cut: words.includes('[cut]'),
		packet: {
			fragments: numberOf(words, 'fragments') ?? 1,
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
