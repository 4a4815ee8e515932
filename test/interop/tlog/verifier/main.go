// Verifies an evidence log from its files alone, with the tree and note code of Go's checksum database
// (golang.org/x/mod/sumdb), which shares nothing with ours.
//
//	verifier DIRECTORY
//
// The directory holds: vkey, checkpoint, old-checkpoint, tile/..., proofs.json. Exit code 0 = all of it holds.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type inclusionProof struct {
	Index  int64
	Hashes []string
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: verifier DIRECTORY")
		os.Exit(2)
	}
	tree, err := verify(os.Args[1])
	if err != nil {
		fmt.Println("REJECTED:", err)
		os.Exit(1)
	}
	fmt.Printf("verified %d leaves\n", tree.N)
}

func verify(dir string) (tlog.Tree, error) {
	tree, err := openCheckpoint(dir, "checkpoint")
	if err != nil {
		return tree, err
	}
	old, err := openCheckpoint(dir, "old-checkpoint")
	if err != nil {
		return tree, err
	}
	hashes, err := readEntries(dir, tree)
	if err != nil {
		return tree, err
	}
	if err := checkTiles(dir, tree, hashes); err != nil {
		return tree, err
	}
	// From here on every hash is read from the tiles and authenticated against the root.
	reader := tlog.TileHashReader(tree, &directory{dir})
	if err := checkConsistency(old, tree, reader); err != nil {
		return tree, err
	}
	return tree, checkProofs(dir, tree, hashes, reader)
}

func openCheckpoint(dir, name string) (tlog.Tree, error) {
	vkey, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return tlog.Tree{}, err
	}
	message, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", name, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("%s: not a checkpoint of %s", name, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// hashStorage holds the hashes of a tree in the order of tlog.StoredHashIndex.
type hashStorage []tlog.Hash

func (s hashStorage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

// readEntries hashes every entry and compares the root with the checkpoint's.
func readEntries(dir string, tree tlog.Tree) (hashStorage, error) {
	var hashes hashStorage
	for n := int64(0); n < tree.N; {
		width := min(tree.N-n, 1<<tileHeight)
		data, err := os.ReadFile(filepath.Join(dir, path("entries", n>>tileHeight, width)))
		if err != nil {
			return nil, err
		}
		for i := int64(0); i < width; i, n = i+1, n+1 {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, errors.New("an entry bundle is too short")
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			stored, err := tlog.StoredHashes(n, data[2:end], hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, stored...)
			data = data[end:]
		}
		if len(data) > 0 {
			return nil, errors.New("an entry bundle is too long")
		}
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err == nil && root != tree.Hash {
		err = errors.New("the entries do not have the root of the checkpoint")
	}
	return hashes, err
}

// checkTiles compares every tile with what the entries make of it.
func checkTiles(dir string, tree tlog.Tree, hashes hashStorage) error {
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		// Old versions of x/mod list a partial tile in every width up to that of this size.
		if left := tree.N>>(tileHeight*tile.L) - tile.N<<tileHeight; tile.W < 1<<tileHeight && int64(tile.W) != left {
			continue
		}
		want, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(dir, tilePath(tile)))
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s is not the tile of these entries", tilePath(tile))
		}
	}
	return nil
}

func checkConsistency(old, tree tlog.Tree, reader tlog.HashReader) error {
	proof, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("the older checkpoint is not a prefix: %w", err)
	}
	return nil
}

// checkProofs verifies the inclusion proofs we were handed, and that the tiles give the same ones.
func checkProofs(dir string, tree tlog.Tree, hashes hashStorage, reader tlog.HashReader) error {
	data, err := os.ReadFile(filepath.Join(dir, "proofs.json"))
	if err != nil {
		return err
	}
	var proofs []inclusionProof
	if err := json.Unmarshal(data, &proofs); err != nil {
		return err
	}
	for _, given := range proofs {
		proof, err := decodeProof(given.Hashes)
		if err != nil {
			return err
		}
		if given.Index < 0 || given.Index >= tree.N {
			return fmt.Errorf("no leaf %d", given.Index)
		}
		leaf := hashes[tlog.StoredHashIndex(0, given.Index)]
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, given.Index, leaf); err != nil {
			return fmt.Errorf("leaf %d: %w", given.Index, err)
		}
		if _, err := tlog.ProveRecord(tree.N, given.Index, reader); err != nil {
			return fmt.Errorf("leaf %d: %w", given.Index, err)
		}
	}
	return nil
}

func decodeProof(texts []string) (tlog.RecordProof, error) {
	proof := make(tlog.RecordProof, len(texts))
	for i, text := range texts {
		hash, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(hash) != tlog.HashSize {
			return nil, errors.New("a hash of a proof is malformed")
		}
		copy(proof[i][:], hash)
	}
	return proof, nil
}

// directory reads tiles from files; TileHashReader authenticates them.
type directory struct{ dir string }

func (d *directory) Height() int                     { return tileHeight }
func (d *directory) SaveTiles([]tlog.Tile, [][]byte) {}
func (d *directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		content, err := os.ReadFile(filepath.Join(d.dir, tilePath(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = content
	}
	return data, nil
}

// tilePath is the C2SP tlog-tiles path; that of x/mod has the height in it.
func tilePath(tile tlog.Tile) string { return path(strconv.Itoa(tile.L), tile.N, int64(tile.W)) }

func path(level string, n, width int64) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 1<<tileHeight {
		name += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + name
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
