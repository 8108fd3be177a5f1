package hivetest

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
)

// extract writes the files of a .tar.gz whose names match the pattern (path.Match) into a folder, without their paths.
// It is an error if there is none.
func extract(archive, pattern, dir string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("hivetest: %s: %w", archive, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	found := false
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("hivetest: %s: %w", archive, err)
		}
		if ok, err := path.Match(pattern, h.Name); err != nil || !ok || h.Typeflag != tar.TypeReg {
			continue
		}
		found = true
		out, err := os.Create(filepath.Join(dir, path.Base(h.Name)))
		if err != nil {
			return err
		}
		_, err = io.Copy(out, t)
		if err := errors.Join(err, out.Close()); err != nil {
			return fmt.Errorf("hivetest: %s: %w", archive, err)
		}
	}
	if !found {
		return fmt.Errorf("hivetest: %s: no file %s in it", archive, pattern)
	}
	return nil
}
