/* Mutations of a SIP message as text, Latin-1. Each takes the text and a donor message and gives another text. */

const HUGE_NUMBERS = [
	'0',
	'-1',
	'1e9',
	'00000000000001',
	'2147483648',
	'4294967295',
	'4294967296',
	'18446744073709551616',
	'9'.repeat(400),
];
/** Characters that grammars, terminals and regular expressions trip over. */
const TREACHEROUS = [
	'"',
	'\\',
	'<',
	'>',
	';',
	',',
	':',
	'@',
	'%',
	'%zz',
	'[',
	']',
	'(',
	'\0',
	'\t',
	'\r',
	'\n',
	'\x1b[2J',
	'\x9b31m',
	'\x7f',
	'\xe2\x80\xae',
	'\xc2\x85',
	'\xf0\x9f\x98\x80',
	'\xff\xfe',
	'\xed\xa0\x80',
];
const VALUES = [
	'',
	'*',
	'<>',
	'"',
	'sip:',
	'sip:@',
	'sip:1001@[::ffff:192.0.2.1]:99999',
	'sip:%00@example.com',
	'tel:+1-201-555-0123',
	'<sip:a@b>;expires=-1, *',
	'Digest',
	'Digest realm=",nonce="',
	'Digest realm="a", nonce="b", algorithm=SHA-512-256-sess, qop="auth,auth-int,,"',
	'SIP/2.0/UDP [::1',
	'SIP / 2.0 / UDP a ; rport = ; received = "',
	'1 REGISTER, 2 REGISTER',
	'120 (busy) ;duration=60',
];
const NAMES = [
	'Via',
	'v',
	'Contact',
	'm',
	'To',
	'From',
	'Call-ID',
	'i',
	'CSeq',
	'Expires',
	'Min-Expires',
	'WWW-Authenticate',
	'Proxy-Authenticate',
	'Authorization',
	'Content-Length',
	'l',
	'Retry-After',
	'Warning',
	'Authentication-Info',
	'User-Agent',
	'Server',
];
const MAX_TEXT = 60_000;

export const SIP_MUTATIONS = [
	huge,
	huge,
	treacherous,
	treacherous,
	repeatCharacters,
	replaceValue,
	replaceValue,
	addField,
	spliceField,
	spliceField,
	removeLine,
	repeatLine,
	swapLines,
	fold,
	fold,
	unbalanceQuotes,
	changeLineEnds,
	blanksBeforeColon,
	changeStatus,
	cutText,
	appendMessage,
	parametersWithoutEnd,
];

export function mutateSip(text, donor, random) {
	return random.pick(SIP_MUTATIONS)(text, random, donor).slice(0, MAX_TEXT);
}

function huge(text, random) {
	const numbers = [...text.matchAll(/\d+/g)];
	if (numbers.length === 0) return text;
	const { index, 0: digits } = random.pick(numbers);
	return text.slice(0, index) + random.pick(HUGE_NUMBERS) + text.slice(index + digits.length);
}

function treacherous(text, random) {
	const at = random.below(text.length + 1);
	const skipped = random.below(3);
	return text.slice(0, at) + random.pick(TREACHEROUS) + text.slice(at + skipped);
}

function repeatCharacters(text, random) {
	const at = random.below(text.length);
	const piece = text.slice(at, at + random.between(1, 3));
	const times = random.once(60) ? 20_000 : random.between(2, 300);
	return text.slice(0, at) + piece.repeat(times) + text.slice(at);
}

function replaceValue(text, random) {
	return mapLine(text, random, (line) => {
		const colon = line.indexOf(':');
		return colon < 0 ? random.pick(VALUES) : `${line.slice(0, colon)}: ${random.pick(VALUES)}`;
	});
}

function addField(text, random) {
	return mapLine(
		text,
		random,
		(line) => `${line}\r\n${random.pick(NAMES)}: ${random.pick(VALUES)}`,
	);
}

function spliceField(text, random, donor) {
	const foreign = random.pick(donor.split('\r\n'));
	return mapLine(text, random, (line) => (random.once(2) ? `${line}\r\n${foreign}` : foreign));
}

function removeLine(text, random) {
	const lines = text.split('\r\n');
	return lines.toSpliced(random.below(lines.length), 1).join('\r\n');
}

function repeatLine(text, random) {
	const times = random.once(60) ? 1000 : random.between(2, 12);
	return mapLine(text, random, (line) => Array.from({ length: times }, () => line).join('\r\n'));
}

function swapLines(text, random) {
	const lines = text.split('\r\n');
	const [one, other] = [random.below(lines.length), random.below(lines.length)];
	return lines
		.with(one, lines[other] ?? '')
		.with(other, lines[one] ?? '')
		.join('\r\n');
}

function fold(text, random) {
	const blanks = [...text.matchAll(/[ ,;=]/g)];
	if (blanks.length === 0) return text;
	const at = random.pick(blanks).index + 1;
	return `${text.slice(0, at)}\r\n${random.pick([' ', '\t', '   ', ''])}${text.slice(at)}`;
}

function unbalanceQuotes(text, random) {
	const marks = [...text.matchAll(/["<>]/g)];
	if (marks.length === 0) return text;
	const at = random.pick(marks).index;
	const put = random.pick(['', '""', '\\"', '<', '>']);
	return text.slice(0, at) + put + text.slice(at + 1);
}

function changeLineEnds(text, random) {
	const put = random.pick(['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n']);
	if (random.once(2)) return text.replaceAll('\r\n', put);
	return text.replace(/\r\n/g, (end) => (random.once(4) ? put : end));
}

function blanksBeforeColon(text, random) {
	const blank = random.pick([' ', '\t', '   ']);
	return mapLine(text, random, (line) => line.replace(':', `${blank}:${blank}`));
}

function changeStatus(text, random) {
	const code = random.pick([
		'000',
		'100',
		'200',
		'302',
		'401',
		'407',
		'423',
		'494',
		'503',
		'699',
		'999',
	]);
	return text.replace(/^(SIP\/2\.0 )\d{3}/, `$1${code}`);
}

function cutText(text, random) {
	return text.slice(0, random.below(text.length));
}

function appendMessage(text, random, donor) {
	return random.once(2) ? text + donor : donor.slice(0, random.below(donor.length)) + text;
}

/** Many parameters in one field: what is quadratic in them shows. */
function parametersWithoutEnd(text, random) {
	const piece = random.pick([
		';a=b',
		',<sip:a@b>',
		', Digest realm="a"',
		';"',
		'=',
		'\\"',
		' \t',
		'%41',
	]);
	const times = random.once(12) ? 12_000 : random.between(2, 200);
	return mapLine(text, random, (line) => line + piece.repeat(times));
}

function mapLine(text, random, change) {
	const lines = text.split('\r\n');
	const at = random.below(lines.length);
	return lines.with(at, change(lines[at] ?? '')).join('\r\n');
}
