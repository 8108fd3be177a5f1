package hivetest

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed launcher/*.java
var launcherSources embed.FS

// kit is everything that a kind's servers have in common and that is made once.
type kit struct {
	jdk     *jdk
	classes string   // folder of the compiled launcher
	jars    []string // class path of the server
	schema  string   // folder of an empty metastore database, to be copied
	keys    string   // folder of certificates and keys; "" if the kind has none
}

// prepare fetches and makes the kit of a kind.
func (s *store) prepare(ctx context.Context, r *recipe, log io.Writer) (*kit, error) {
	k := new(kit)
	var err error
	if k.jdk, err = findJDK(ctx); err != nil {
		return nil, err
	}
	artifacts, err := r.artifacts()
	if err != nil {
		return nil, err
	}
	var files []string
	what := "Hive " + r.version
	if artifacts[0].group == "pypi" {
		if files, err = s.fetchPySpark(ctx, artifacts[0], log); err != nil {
			return nil, err
		}
		what, artifacts = "more for Spark "+r.version, artifacts[1:]
	}
	more, err := s.fetchMaven(ctx, what, artifacts, log)
	if err != nil {
		return nil, err
	}
	files = append(files, more...)
	for _, f := range files {
		if filepath.Ext(f) == ".jar" {
			k.jars = append(k.jars, f)
		}
	}
	if r.keys {
		if k.keys, err = s.makeKeys(ctx, k.jdk); err != nil {
			return nil, err
		}
	}
	if k.classes, err = s.compile(ctx, k, r); err != nil {
		return nil, err
	}
	k.schema, err = s.once(ctx, "schema/"+filepath.Base(k.classes), func(out, work string) error {
		return r.schema(ctx, k, files, out, work)
	})
	return k, err
}

// once makes a folder under a name that tells its content, unless it is there. make fills the folder out, and may use
// the folder work.
func (s *store) once(ctx context.Context, name string, make func(out, work string) error) (string, error) {
	dir := s.path(filepath.FromSlash(name))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	return dir, s.exclusive(ctx, "make", func() error {
		if _, err := os.Stat(dir); err == nil {
			return nil
		}
		return s.withTemp("make.tmp", func(tmp string) error {
			out, work := filepath.Join(tmp, "out"), filepath.Join(tmp, "work")
			if err := errors.Join(os.Mkdir(out, 0o700), os.Mkdir(work, 0o700)); err != nil {
				return err
			}
			if err := make(out, work); err != nil {
				return err
			}
			return os.Rename(out, dir)
		})
	})
}

// withTemp runs f with an empty folder. Its name is fixed, so that what a killed process left does not stay.
func (s *store) withTemp(name string, f func(tmp string) error) error {
	tmp := s.path(name)
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.Mkdir(tmp, 0o700); err != nil {
		return err
	}
	return errors.Join(f(tmp), os.RemoveAll(tmp))
}

// compile compiles the launcher against the server's jars.
func (s *store) compile(ctx context.Context, k *kit, r *recipe) (string, error) {
	hash := sha256.New()
	source := map[string][]byte{}
	for _, name := range append([]string{"Launcher"}, r.sources...) {
		text, err := launcherSources.ReadFile("launcher/" + name + ".java")
		if err != nil {
			return "", err
		}
		source[name+".java"] = text
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
	}
	for _, jar := range k.jars { // not their folder: caches may share what they made
		fmt.Fprintln(hash, filepath.Base(jar))
	}
	return s.once(ctx, "launcher/"+r.java+"-"+hex.EncodeToString(hash.Sum(nil)[:8]), func(out, work string) error {
		args := []string{"-nowarn", "-proc:none", "--release", strconv.Itoa(minJava), "-d", out, "-cp", classPath(k.jars...)}
		for name, text := range source {
			file := filepath.Join(work, name)
			if err := os.WriteFile(file, text, 0o600); err != nil {
				return err
			}
			args = append(args, file)
		}
		if err := runTool(ctx, exec.CommandContext(ctx, k.jdk.javac, args...)); err != nil {
			return fmt.Errorf("hivetest: compiling the launcher: %w", err)
		}
		return nil
	})
}

func classPath(files ...string) string { return strings.Join(files, string(os.PathListSeparator)) }

// copyTree copies a folder of plain files.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		return copyFile(name, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
