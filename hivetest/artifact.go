package hivetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// coordinate is what a part of an artifact's coordinates looks like: words with single dots between them.
var coordinate = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

// artifact is one downloadable file, pinned to its content.
type artifact struct {
	group, name, version string // Maven's coordinates; the group of a Python package is "pypi"
	classifier, ext      string // classifier may be empty; ext is "jar" unless stated
	sha256               string // lower-case hex
	size                 int64  // bytes
}

// parseLock reads a lock file: a line an artifact,
//
//	group:name:version[:classifier][@extension] sha256 size
//
// and lines of comment that begin with #. The order is that of the class path.
func parseLock(name, text string) ([]artifact, error) {
	var all []artifact
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		a, err := parseArtifact(line)
		if err != nil {
			return nil, fmt.Errorf("hivetest: %s:%d: %w", name, i+1, err)
		}
		all = append(all, a)
	}
	return all, nil
}

func parseArtifact(line string) (artifact, error) {
	var a artifact
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return a, fmt.Errorf("want coordinates, sha256 and size, got %d fields", len(fields))
	}
	coordinates, ext, found := strings.Cut(fields[0], "@")
	if !found {
		ext = "jar"
	}
	part := strings.Split(coordinates, ":")
	if len(part) != 3 && len(part) != 4 {
		return a, fmt.Errorf("coordinates %q: want group:name:version[:classifier][@extension]", fields[0])
	}
	for _, p := range append(part, ext) {
		if !coordinate.MatchString(p) { // it becomes part of a path
			return a, fmt.Errorf("coordinates %q: bad part %q", fields[0], p)
		}
	}
	if sum, err := hex.DecodeString(fields[1]); err != nil || len(sum) != sha256.Size || strings.ToLower(fields[1]) != fields[1] {
		return a, fmt.Errorf("sha256 %q: want 64 lower-case hex digits", fields[1])
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size <= 0 {
		return a, fmt.Errorf("size %q: want a positive number of bytes", fields[2])
	}
	a = artifact{group: part[0], name: part[1], version: part[2], ext: ext, sha256: fields[1], size: size}
	if len(part) == 4 {
		a.classifier = part[3]
	}
	return a, nil
}

func (a artifact) String() string {
	s := a.group + ":" + a.name + ":" + a.version
	if a.classifier != "" {
		s += ":" + a.classifier
	}
	return s
}

// file is the artifact's place in a Maven repository, with slashes.
func (a artifact) file() string {
	name := a.name + "-" + a.version
	if a.classifier != "" {
		name += "-" + a.classifier
	}
	return path.Join(strings.ReplaceAll(a.group, ".", "/"), a.name, a.version, name+"."+a.ext)
}

// verify compares a file's content with the lock.
func (a artifact) verify(file string) error {
	sum, _, err := digest(file)
	if err == nil && sum != a.sha256 {
		err = fmt.Errorf("%s: %s has sha256 %s, the lock says %s", a, file, sum, a.sha256)
	}
	return err
}

// digest returns a file's sha256 and size.
func digest(file string) (sum string, size int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
