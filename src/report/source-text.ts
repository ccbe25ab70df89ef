import type { AnalysedSource } from '../analysis/analysis.js';
import { elapsedMs } from '../time/instant.js';
import { ENCRYPTED } from '../trace/encrypted-connection.js';
import type { Paper } from './finding-text.js';
import { counted, shown } from './plain-words.js';
import { formatDuration, formatMoment } from './report-clock.js';
import { hangText } from './text-wrap.js';

/** Oddities of one source that are shown; the JSON report has them all. */
const MAX_ODDITIES = 8;

/** What a source is, where it was taken, and what was wrong with its bytes. */
export function sourceText(source: AnalysedSource, paper: Paper): readonly string[] {
	const { columns, palette, clock } = paper;
	const letter = clock.letter(source.name);
	const label = `  ${letter === '' ? '' : `${letter} = `}${shown(source.name, 200)}:`;
	const facts = [
		...(source.kind === 'probe' ? [] : [seenWords(source)]),
		...(source.vantage === 'unknown'
			? []
			: [`taken on the ${VANTAGE_WORDS[source.vantage]} (${shown(source.vantageReason, 300)})`]),
		...(source.relation === undefined ? [] : [shown(clock.lettered(source.relation), 300)]),
		...(source.clockOffsetMs === 0 ? [] : [clockWords(source.clockOffsetMs)]),
	];
	return [
		...hangText(label, facts.join('; '), {
			columns,
			indent: 4,
			label: palette.faint,
			text: palette.faint,
		}),
		...troubleText(source, paper),
	];
}

const VANTAGE_WORDS = {
	client: "phone's side",
	server: "server's side",
	middle: 'way between',
} as const;

/** `pcap, ethernet, 1,204 packets in 62.1 s from 2026-11-21 07:32:39 UTC, 12 SIP messages (4 REGISTER requests)`. */
function seenWords(source: AnalysedSource): string {
	const { format, linkTypes, packets, firstPacketAt, lastPacketAt, sipMessages } = source;
	const span =
		firstPacketAt === undefined || lastPacketAt === undefined
			? ''
			: ` in ${formatDuration(Math.max(0, elapsedMs(firstPacketAt, lastPacketAt)))} from ${formatMoment(firstPacketAt)}`;
	return [
		[format, ...linkTypes].map((word) => shown(word, 60)).join(', '),
		`${counted(packets, 'packet')}${span}`,
		`${counted(sipMessages, 'SIP message')} (${counted(source.registerRequests, 'REGISTER request')})`,
	].join(', ');
}

function clockWords(offsetMs: number): string {
	const by = formatDuration(Math.abs(offsetMs));
	return `its clock is ${by} ${offsetMs > 0 ? 'ahead of' : 'behind'} the first capture's, times are put right`;
}

/** A line an oddity, and one where the file ends inside a record. */
export function troubleText(
	source: AnalysedSource,
	{ columns, palette, clock }: Paper,
): readonly string[] {
	const warn = (text: string) => hangText('  !', text, { columns, indent: 4, label: palette.warn });
	const { oddities, truncated, name } = source;
	const left = oddities.length - MAX_ODDITIES;
	return [
		...(truncated
			? warn(`${shown(name, 200)} ends inside a record: what came after is not in the file`)
			: []),
		...oddities.slice(0, MAX_ODDITIES).flatMap(({ kind, count, firstFrame, text }) => {
			const frame = clock.frame(name, firstFrame);
			const place = frame === '' ? '' : `, first in ${frame}`;
			return warn(
				`oddity ${shown(kind, 60)} (${counted(count, 'time')}${place}): ${shown(text, 400)}`,
			);
		}),
		...(left > 0
			? warn(`${counted(left, 'more kind', 'more kinds')} of oddities in the JSON report`)
			: []),
	];
}

/** What to say where no REGISTER was found: what was seen instead, and what to do. */
export function nothingFoundText(
	sources: readonly AnalysedSource[],
	paper: Paper,
): readonly string[] {
	const { columns, palette } = paper;
	const names = sources.map(({ name }) => shown(name, 200)).join(', ');
	const advice = (text: string) => hangText('  –', text, { columns, indent: 4 });
	const packets = sources.reduce((sum, source) => sum + source.packets, 0);
	const sip = sources.reduce((sum, source) => sum + source.sipMessages, 0);
	const isEncrypted = sources.some(({ oddities }) =>
		oddities.some(({ kind }) => kind === ENCRYPTED),
	);
	const seen = sources.flatMap((source) =>
		hangText('  seen:', seenWords(source), { columns, indent: 4 }),
	);
	return [
		...hangText('!', `no REGISTER found in ${names === '' ? 'nothing at all' : names}`, {
			columns,
			indent: 2,
			label: palette.warn,
			text: palette.strong,
		}),
		...seen,
		'',
		...reasons(packets, sip, isEncrypted).flatMap(advice),
	];
}

function reasons(packets: number, sipMessages: number, isEncrypted: boolean): readonly string[] {
	if (packets === 0) {
		return [
			'the capture holds no packets: was the right interface chosen, and was the filter too narrow?',
			...CAPTURE_ADVICE,
		];
	}
	if (sipMessages > 0) {
		return [
			'there is SIP, but no phone registers while the capture runs: restart the phone, or wait for its next refresh',
			...CAPTURE_ADVICE,
		];
	}
	if (isEncrypted) {
		return [
			'there is no readable SIP, and a connection to a SIP port is encrypted (TLS): the phone most likely registers in it',
			ENCRYPTED_ADVICE,
			"or register over TLS from the phone's network yourself: sipdoctor probe --help",
		];
	}
	return [
		'there is no readable SIP: the phone sends none, it goes another way, or it is encrypted (TLS)',
		...CAPTURE_ADVICE,
		ENCRYPTED_ADVICE,
	];
}

const ENCRYPTED_ADVICE =
	'encrypted SIP is not read: capture behind the SBC or proxy that ends the TLS, or have the phone register without TLS for a test';

/** Fragments after the first carry no port: a port filter alone loses the end of a large REGISTER. */
const CAPTURE_ADVICE = [
	"capture on the phone's side, or at a mirror port of its switch, while the phone restarts: tcpdump -i any -w phone.pcap",
	'capture without a filter where you can: ICMP errors, DNS and IP fragments tell why a phone stays silent',
];
