// The witness of transparency-dev (github.com/transparency-dev/witness) behind an HTTP server of its own: its handler
// of C2SP tlog-witness, its memory, its cosignatures. Ours is only what tells it the logs and where to listen.
//
//	witness PRIVATE_KEY_FILE
//
// prints its address and serves until its standard input is closed. POST /log makes it know one log more: the body is
// the vkey.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	key, err := os.ReadFile(os.Args[1])
	must(err)
	signer, err := f_note.NewSignerForCosignatureV1(strings.TrimSpace(string(key)))
	must(err)
	var logs sync.Map
	learn := func(vkey string) error {
		verifier, err := note.NewVerifier(vkey)
		if err == nil {
			logs.Store(verifier.Name(), verifier)
		}
		return err
	}
	w, err := witness.New(context.Background(), witness.Opts{
		Persistence: inmemory.New(),
		Signers:     []note.Signer{signer},
		VerifierForLog: func(_ context.Context, origin string) (note.Verifier, bool, error) {
			known, ok := logs.Load(origin)
			if !ok {
				return nil, false, nil
			}
			return known.(note.Verifier), true, nil
		},
	})
	must(err)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(w).AddCheckpoint)
	mux.HandleFunc("POST /log", func(answer http.ResponseWriter, request *http.Request) {
		vkey, err := io.ReadAll(request.Body)
		if err == nil {
			err = learn(strings.TrimSpace(string(vkey)))
		}
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Printf("http://%s\n", listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	must(http.Serve(listener, mux))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
