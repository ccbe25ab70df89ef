import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './lab.js';
import { requireLab } from './require-lab.js';

const availability = await requireLab();
const user = { username: '1001', password: 's3cret-lab' };

describe.skipIf(!availability.available)('the lab', () => {
	it('registers through NAT', async () => {
		const lab = await startLab({ server: { users: [user] } });
		try {
			const r = await lab.phone({
				user: '1001',
				password: 's3cret-lab',
				domain: 'pbx.example.com',
			});
			expect(r).toMatchObject({ registered: true, statuses: [401, 200] });
		} finally {
			await lab.stop();
		}
	});
});
