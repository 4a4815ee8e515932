/** `verify/README.md` of every bundle. */
export const BUNDLE_README = `# Checking this bundle

    node verify/verify.mjs .

needs Node.js 20 or newer, nothing else: no network, no packages. The file is readable JavaScript; read it before you
run it, or get it from somebody you trust (its digest stands in the manifest, which says nothing if the file is forged).
It prints one line a claim, PASS or FAIL, and what it does not prove; it exits with 0 only if every claim holds.

Bring along what did not come with the bundle:

    node verify/verify.mjs . --vkey 'ledger.example/t/acme+0123abcd+...' --checkpoint kept-last-year.txt

* \`--vkey\`: the key of the log, got from elsewhere. Without it the bundle vouches for itself.
* \`--checkpoint\`: a checkpoint of the log that you kept. Only it shows that the past was not written anew by somebody who
  holds the signing key.

## With other tools

The manifest is an in-toto Statement v1 in a DSSE v1 envelope, signed with Ed25519. With openssl alone:

    node -e "const e=JSON.parse(fs.readFileSync('manifest.dsse.json'));const p=Buffer.from(e.payload,'base64');
      fs.writeFileSync('pae',Buffer.concat([Buffer.from('DSSEv1 '+e.payloadType.length+' '+e.payloadType+' '+p.length+' '),p]));
      fs.writeFileSync('sig',Buffer.from(e.signatures[0].sig,'base64'))"
    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in pae -sigfile sig

where key.pem holds the last 32 bytes of log/vkey as an Ed25519 public key. \`log/checkpoint\` is a C2SP tlog-checkpoint,
\`proofs/*.tlog-proof\` are C2SP tlog-proofs, \`log/tile\` are C2SP tlog-tiles. A content is opened by hand so:

    (base64 -d salt; cat content/<digest>.bin) | openssl dgst -sha256

which is the digest in the leaf.
`;
