import { describe, expect, it } from 'vitest';
import { checked } from '../../src/probe/checked.js';
import { Checklist } from '../../src/probe/checklist.js';

describe('a check that crashes', () => {
	it('is a result with the words of the error, and not the end', () => {
		const checklist = new Checklist(undefined);
		checked(checklist, 'nat', () => {
			throw new Error('no such thing');
		});
		checked(checklist, 'unregistered', () => checklist.say('unregistered', 'ok', 'removed'));
		const steps = checklist.finish('not reached');
		expect(steps.find(({ id }) => id === 'nat')).toMatchObject({
			state: 'cannot-tell',
			text: expect.stringContaining('no such thing'),
		});
		expect(steps.find(({ id }) => id === 'unregistered')?.state).toBe('ok');
	});

	it('takes back nothing that was said before', () => {
		const checklist = new Checklist(undefined);
		checked(checklist, 'nat', () => {
			checklist.say('nat', 'ok', 'no NAT');
			throw new Error('late');
		});
		expect(checklist.finish('').find(({ id }) => id === 'nat')?.text).toBe('no NAT');
	});
});
