import { afterEach, describe, expect, it, vi } from 'vitest';
import { requireLab } from './require-lab.js';

describe('the question for the lab', () => {
	afterEach(() => {
		vi.unstubAllEnvs();
	});

	it('is answered with what is missing', async () => {
		vi.stubEnv('SIPDOCTOR_LAB', '');
		vi.spyOn(process, 'getuid').mockReturnValue(1000);
		expect(await requireLab()).toEqual({ available: false, reason: 'the lab needs root' });
		vi.restoreAllMocks();
	});

	it('fails where the lab is required and missing', async () => {
		vi.stubEnv('SIPDOCTOR_LAB', 'required');
		vi.spyOn(process, 'getuid').mockReturnValue(1000);
		await expect(requireLab()).rejects.toThrow('SIPDOCTOR_LAB=required, but the lab needs root');
		vi.restoreAllMocks();
	});
});
