import type { AnalysedSource, Analysis, DiagnosedRegistration } from '../analysis/analysis.js';
import type { Comparison } from '../analysis/compare-incidents.js';
import type { Finding } from '../diagnosis/finding.js';
import { formatEndpoint } from '../net/endpoint.js';
import { attemptCount } from '../registration/attempt-facts.js';
import type { Asked } from '../registration/failover.js';
import type { Leg, RegistrationMessage } from '../registration/registration.js';
import type { ScannerSource } from '../registration/scanner.js';
import type { ServerStep } from '../registration/server-legs.js';
import { type Instant, toRfc3339 } from '../time/instant.js';
import { type FailureGroup, failureGroups } from './failure-groups.js';
import { maskField, maskSecrets } from './masking.js';
import { messageSummary } from './message-summary.js';
import { type OpenReason, openReason } from './open-reason.js';
import { pathSteps } from './path-steps.js';
import type {
	ReportAsked,
	ReportComparison,
	ReportDocument,
	ReportFailureGroup,
	ReportFinding,
	ReportLeg,
	ReportMessage,
	ReportPassage,
	ReportRegistration,
	ReportScanner,
	ReportSource,
	ReportSummary,
} from './report-document.js';
import { summaryFigures } from './summary-figures.js';
import { readable } from './wire-text.js';

/** The JSON report, whose registrations are made one by one: those of a large capture are more than memory is for. */
export interface StreamedDocument extends Omit<ReportDocument, 'registrations'> {
	/** To be gone through once. */
	readonly registrations: Generator<ReportRegistration>;
}

/** The JSON report of an analysis as a whole. */
export function toJsonDocument(
	analysis: Analysis,
	tool: { readonly name: string; readonly version: string },
): ReportDocument {
	const document = toStreamedDocument(analysis, tool);
	return { ...document, registrations: [...document.registrations] };
}

/** The JSON report of an analysis; print it with `jsonPieces`. No secret of the wire is in it. */
export function toStreamedDocument(
	analysis: Analysis,
	tool: { readonly name: string; readonly version: string },
): StreamedDocument {
	return {
		schemaVersion: 1,
		tool: { name: tool.name, version: tool.version },
		sources: analysis.sources.map(toSource),
		summary: toSummary(analysis),
		registrations: toRegistrations(analysis),
		findings: analysis.findings.map(toFinding),
		scanners: {
			sources: analysis.scanners.sources.map(toScanner),
			others: analysis.scanners.others,
		},
		experiments: (analysis.experiments ?? []).map(
			({ source, id, verdict, text, columns, rows }) => ({
				...{
					source,
					id: wire(id),
					verdict: wire(verdict),
					text: wire(text),
					columns: columns.map(wire),
				},
				rows: rows.map((row) => row.map(wire)),
			}),
		),
		comparisons: (analysis.comparisons ?? []).map(toComparison),
	};
}

function toComparison({ aor, columns, rows, says }: Comparison): ReportComparison {
	return {
		aor: wire(aor),
		columns,
		rows: rows.map(({ id, values, differs }) => ({
			id,
			values: values.map((value) => (value === undefined ? null : wire(value))),
			differs,
		})),
		says: wire(says),
	};
}

function toScanner(scanner: ScannerSource): ReportScanner {
	const { address, userAgent, kind, because, server, registers, aors, withCredentials } = scanner;
	const { first, last, accepted } = scanner;
	return {
		address,
		userAgent: userAgent === undefined ? null : wire(userAgent),
		kind,
		because,
		server,
		registers,
		addressesOfRecord: aors.count,
		atLeast: aors.atLeast,
		names: scanner.names.map(wire),
		withCredentials,
		byStatus: Object.fromEntries(scanner.statuses),
		otherRequests: Object.fromEntries(scanner.others),
		source: first.source,
		firstFrame: first.frame,
		firstAt: time(first.at),
		lastFrame: last.frame,
		lastAt: time(last.at),
		acceptedFrame: accepted?.frame ?? null,
		acceptedName: accepted === undefined ? null : wire(accepted.name),
	};
}

function toSource(source: AnalysedSource): ReportSource {
	const { kind, format, linkTypes, packets, bytes, sipMessages, registerRequests } = source;
	return {
		kind,
		name: source.name,
		format,
		linkTypes,
		packets,
		bytes,
		sipMessages,
		registerRequests,
		firstPacketAt: timeOrNull(source.firstPacketAt),
		lastPacketAt: timeOrNull(source.lastPacketAt),
		clockOffsetMs: source.clockOffsetMs,
		relation: source.relation === undefined ? null : wire(source.relation),
		vantage: source.vantage,
		vantageReason: wire(source.vantageReason),
		truncated: source.truncated,
		oddities: source.oddities.map(({ kind, layer, count, firstFrame, text }) => ({
			kind,
			layer,
			count,
			firstFrame,
			text: wire(text),
		})),
	};
}

function toSummary(analysis: Analysis): ReportSummary {
	const figures = summaryFigures(analysis);
	const failures = failureGroups(analysis);
	return {
		registrations: figures.registrations,
		byOutcome: figures.byOutcome,
		byCause: figures.byCause,
		successRatio: figures.successRatio ?? null,
		responseTimeMs: { median: figures.median ?? null, p95: figures.p95 ?? null },
		omitted: figures.omitted,
		failures: {
			byUserAgent: failures.byUserAgent.map(toFailureGroup),
			byNetwork: failures.byNetwork.map(toFailureGroup),
			byServer: failures.byServer.map(toFailureGroup),
		},
	};
}

function toFailureGroup({ name, ...figures }: FailureGroup): ReportFailureGroup {
	return { name: name === undefined ? null : wire(name), ...figures };
}

function* toRegistrations({ registrations }: Analysis): Generator<ReportRegistration> {
	for (const registration of registrations) yield toRegistration(registration);
}

function toRegistration(registration: DiagnosedRegistration): ReportRegistration {
	const { target, failover, userAgent, instanceId, cause } = registration;
	return {
		aor: registration.aor === undefined ? null : wire(registration.aor),
		target: { host: wire(target.host), port: target.port, transport: target.transport },
		failover:
			failover === undefined ? null : { from: toAsked(failover.from), to: toAsked(failover.to) },
		userAgent: userAgent === undefined ? null : wire(userAgent),
		instanceId: instanceId === undefined ? null : wire(instanceId),
		callIds: registration.callIds.map(wire),
		outcome: registration.outcome,
		openBecause: registration.outcome === 'open' ? toOpenReason(registration) : null,
		finalStatus: registration.finalStatus ?? null,
		grantedExpires: registration.grantedExpires ?? null,
		path: registration.path.map(toLeg),
		passedOn: pathSteps(registration).map(toPassage),
		attempts: attemptCount(registration),
		cause: cause === undefined ? null : toFinding(cause),
		findings: registration.findings.map(toFinding),
		cannotTell: registration.cannotTell.map(({ id, because, decidedBy }) => ({
			id,
			because: wire(because),
			decidedBy: wire(decidedBy),
		})),
		steps: registration.steps.map(({ id, state, ms, text }) => ({
			id,
			state,
			ms: ms ?? null,
			text: wire(text),
		})),
		messages: registration.messages.map(toMessage),
	};
}

function toOpenReason(registration: DiagnosedRegistration): OpenReason {
	const { kind, text } = openReason(registration);
	return { kind, text: wire(text) };
}

function toPassage({ before, after, changes }: ServerStep): ReportPassage {
	return {
		by: formatEndpoint(before.server),
		to: formatEndpoint(after.server),
		transport: after.transport,
		changes: changes.map(maskSecrets),
	};
}

function toAsked({ server, transport }: Asked): ReportAsked {
	return { server: formatEndpoint(server), transport };
}

function toLeg({ client, server, transport, source }: Leg): ReportLeg {
	return { client: formatEndpoint(client), server: formatEndpoint(server), transport, source };
}

function toFinding(finding: Finding): ReportFinding {
	const { id, severity, confidence, attempt, mended, title, summary, evidence, fix } = finding;
	return {
		id,
		severity,
		confidence,
		attempt,
		mended,
		title: wire(title),
		summary: wire(summary),
		evidence: evidence.map(({ source, frame, at, field, text }) => ({
			source,
			frame,
			at: time(at),
			field: wire(field),
			text: maskField(field, readable(text)),
		})),
		fix: fix.map(({ who, what }) => ({ who, what: wire(what) })),
	};
}

function toMessage({ observed, retransmission }: RegistrationMessage): ReportMessage {
	const { source, frame, frames, at, src, dst, transport, message } = observed;
	return {
		source,
		frame,
		frames,
		at: time(at),
		from: formatEndpoint(src),
		to: formatEndpoint(dst),
		transport,
		summary: maskSecrets(messageSummary(message)),
		retransmission,
	};
}

/** The value is kept, only made readable; JSON and `toJsonText` escape what is dangerous to show. */
function wire(text: string): string {
	return maskSecrets(readable(text));
}

/** A pcapng time can be any 64-bit number; RFC 3339 ends with the year 9999, an exact number before that. */
function time(at: Instant): string {
	return toRfc3339(Math.min(Math.max(Math.floor(at), 0), Number.MAX_SAFE_INTEGER));
}

function timeOrNull(at: Instant | undefined): string | null {
	return at === undefined ? null : time(at);
}
