import type { PlaceTruth, Scenario } from './scenarios/scenario.js';

function inShort(truth: PlaceTruth | undefined): string {
	if (truth === undefined) return '';
	if ('exit' in truth) return 'no REGISTER';
	const { outcome, cause } = truth;
	return cause === null ? outcome : `${outcome} / ${cause}`;
}

function row(scenario: Scenario): string {
	const { name, says, truth, twin } = scenario;
	const cells = [
		`\`${name}\``,
		says,
		inShort(truth.phone),
		inShort(truth.wan),
		inShort(truth.proxy),
		inShort(truth.server),
		twin === undefined ? '' : `\`${twin}\``,
	];
	return `| ${cells.join(' | ')} |`;
}

const INTRODUCTION = `# Captures taken in the lab

Each folder is one incident, seen from one to four places at once: \`phone.pcap\`, \`server.pcap\`, \`wan.pcap\` of the
outer side of the site's router and, where a proxy relays, \`proxy.pcap\` (then \`server.pcap\` is the registrar behind it). \`truth.json\` says
what a report on each place has to say, which account the registrar knew, how the captures were made,
and what they were counted to show. \`exit: 2\` stands for a capture with no REGISTER in it.

They were taken by the project itself, of real traffic between network namespaces of one Linux machine:
a phone of our own (\`test/lab/phone\`, independent of \`src/\`), a router with the kernel's NAT, packet
filter, queues and SIP ALG, a second router, Kamailio 5.6 from Debian as registrar and proxy, dnsmasq as name
server, coturn as STUN server, and openssl s_client 3.0 as the phone's TLS. A registrar that challenges a SIM and an SBC
with an account of its own are programs of ours (\`test/lab/programs\`, independent of \`src/\` as well); where a probe
took the phone's place, \`phone.pcapng\` is what it saved. In folders named after one, baresip 1.0, linphonec 5.1 (Linphone) or
twinkle-console 1.10 (Twinkle), each from Debian 12, is the phone; its machine is called \`phone\`. Nothing of anybody else is in them: addresses are from RFC 1918, RFC 4193, RFC 5737 and RFC 3849, the domain is
\`example.com\`, and the one password is \`s3cret-lab\`. Times and gaps are real; there is no latency
besides the machine's own.

To record all again, as root on Linux with \`iproute2\`, \`nftables\`, \`ethtool\`, \`tcpdump\`, \`tshark\`,
\`kamailio\` with its modules for TLS and WebSocket, \`dnsmasq\`, \`coturn\`, \`openssl\` and \`python3\` (four minutes;
the folders of softphones need \`baresip-core\`, \`linphone-cli\` and \`twinkle-console\`, and whoever lacks one is told;
\`-t NAME\` records one; \`static-nonce\` takes an hour, and is recorded where SIPDOCTOR_LAB_LONG is set):

    npx vitest run --config test/lab/vitest.record.config.ts

The scenarios are in \`test/lab/scenarios\`; this table is written from them. The folders \`events\`,
\`formats\`, \`hep\`, \`streams\` and \`tunnels\` are made in other ways and described there.

| capture | what happens | phone | outside of the NAT | proxy | server | twin |
|---|---|---|---|---|---|---|
`;

/** The text of fixtures/captures/README.md. */
export function capturesReadme(scenarios: readonly Scenario[]): string {
	return `${INTRODUCTION}${scenarios.map(row).join('\n')}\n`;
}
