import { describe, expect, it } from 'vitest';
import { tracerouteExperiment } from '../../../src/probe/experiments/traceroute.js';
import { headerValues } from '../../../src/sip/header-fields.js';
import { answerTo, asking, type Behaviour, FakeNetwork, OUTSIDE, SERVER } from './fake-network.js';

const NAT = { address: OUTSIDE, port: 40_061 };

/** So many proxies before a registrar. */
function proxies(count: number): Behaviour {
	return (sent) => {
		const left = Number(headerValues(sent.request, 'max-forwards')[0]);
		return left < count
			? answerTo(sent, NAT, '483 Too Many Hops', [`Server: proxy ${left + 1}`])
			: answerTo(sent, NAT, '401 Unauthorized', ['User-Agent: PBX']);
	};
}

async function traced(behaviour: Behaviour) {
	const network = new FakeNetwork();
	const inputs = { remote: SERVER, transport: 'UDP', asking: asking() };
	const done = tracerouteExperiment(inputs, network.asker(behaviour));
	return { ...(await network.settle(done)), sent: network.sent };
}

describe('the SIP hops', () => {
	it('are named one by one, the registrar last', async () => {
		const { verdict, rows, text } = await traced(proxies(2));
		expect(verdict).toBe('measured');
		expect(rows.map((row) => row.slice(0, 3))).toEqual([
			['0', '483 Too Many Hops', 'proxy 1'],
			['1', '483 Too Many Hops', 'proxy 2'],
			['2', '401 Unauthorized', 'PBX'],
		]);
		expect(text).toBe('2 SIP hops before the registrar, which answers 401 Unauthorized');
	});

	it('are none where the registrar answers at once', async () => {
		const { text } = await traced(proxies(0));
		expect(text).toContain('no SIP proxy that counts hops');
	});

	it('end after ten, which is a loop or more than anybody has', async () => {
		const { verdict, sent } = await traced(proxies(100));
		expect(verdict).toBe('cannot-tell');
		expect(sent).toHaveLength(10);
	});

	it('end with a hop that says nothing', async () => {
		const behaviour: Behaviour = (sent) =>
			headerValues(sent.request, 'max-forwards')[0] === '0' ? proxies(1)(sent) : undefined;
		const { verdict, text } = await traced(behaviour);
		expect(verdict).toBe('cannot-tell');
		expect(text).toBe('hop 2 gave no answer to a REGISTER');
	});

	it('are asked for with a REGISTER that binds nothing', async () => {
		const { sent } = await traced(proxies(1));
		expect(sent.map(({ request }) => request.method)).toEqual(['REGISTER', 'REGISTER']);
		expect(sent.flatMap(({ request }) => headerValues(request, 'contact'))).toEqual([]);
	});
});
