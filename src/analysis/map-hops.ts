import type { RegisterTransaction } from '../registration/registration.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';

/** The same transaction with each of its hops changed, the phone's first. */
export function mapHops(
	transaction: RegisterTransaction,
	change: (hop: ClientTransaction) => ClientTransaction,
): RegisterTransaction {
	const [first, ...others] = transaction.hops;
	const phone = change(first);
	return { ...transaction, phone, hops: [phone, ...others.map(change)] };
}
