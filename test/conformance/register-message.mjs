/*
 * One REGISTER request or response to one, as much of it as two readers are compared by. The words are the same whoever
 * read it, so that equal text means equal message.
 */

/**
 * @typedef {object} RegisterMessage
 * @property {number} frame Wireshark's number of the frame that shows it
 * @property {string} what `REGISTER`, or the status code of a response
 * @property {string} cseq number of the CSeq in decimal; empty where there is none
 * @property {string} callId Latin-1, unfolded; empty where there is none
 * @property {string} carriedIn protocols of the frame as tshark names them, `eth:ethertype:ip:udp:sip`; empty where unknown
 */

/** One line a message: what two readers have to agree on. */
export function describeMessage({ frame, what, cseq, callId }) {
	return `frame ${frame}: ${what}, CSeq ${cseq || 'none'}, Call-ID ${JSON.stringify(callId)}`;
}
