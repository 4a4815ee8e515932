/** Bytes as Node.js has them, for a browser: the build puts it wherever the code of proofs says `Buffer`. */
export { Buffer } from 'buffer/';
