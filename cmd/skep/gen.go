package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skep-go/skep/internal/gen"
)

// flags are those of a command. What is wrong with its arguments is a usageError.
func flags(command string, args []string, define func(*flag.FlagSet)) (rest []string, err error) {
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	define(set)
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, errHelp
	case err != nil:
		return nil, usageError(command + ": " + err.Error())
	}
	return set.Args(), nil
}

// generate is skep gen.
func generate(ctx context.Context, args []string) error {
	var from source
	var r gen.Request
	var out, tables string
	var check bool
	rest, err := flags("gen", args, func(set *flag.FlagSet) {
		from.define(set)
		set.StringVar(&r.Schema, "database", "", "")
		set.StringVar(&tables, "tables", "", "")
		set.BoolVar(&r.Views, "views", false, "")
		set.StringVar(&r.Package, "package", "", "")
		set.StringVar(&out, "out", "", "")
		set.BoolVar(&check, "check", false, "")
	})
	if err != nil {
		return err
	}
	if tables != "" {
		r.Tables = strings.Split(tables, ",")
	}
	if r.Package == "" && out != "" {
		if dir, err := filepath.Abs(filepath.Dir(out)); err == nil {
			r.Package = filepath.Base(dir)
		}
	}
	switch {
	case len(rest) > 0:
		return usageError(fmt.Sprintf("gen takes no argument %q; see -tables", rest[0]))
	case check && out == "":
		return usageError("gen -check wants -out, the file to check")
	case !token.IsIdentifier(r.Package):
		return usageError(fmt.Sprintf("gen wants -package, the name of a package; %q is none", r.Package))
	}
	inspector, closing, err := from.open(ctx)
	if err != nil {
		return err
	}
	text, err := gen.Reflect(ctx, inspector, r)
	if err := errors.Join(err, closing()); err != nil {
		return err
	}
	switch {
	case check:
		return checkFile(out, text)
	case out == "":
		_, err = os.Stdout.Write(text)
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// checkFile tells how a file differs from what would be written.
func checkFile(name string, want []byte) error {
	got, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not there: write it with the same command without -check", name)
	case err != nil:
		return err
	case bytes.Equal(got, want):
		return nil
	}
	fmt.Print(gen.Diff(string(got), string(want)))
	return fmt.Errorf("%s is not what the server says: write it anew with the same command without -check", name)
}
