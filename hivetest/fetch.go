package hivetest

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mavenResolve is the goal that downloads a project's dependencies into the local repository.
const mavenResolve = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:resolve"

// fetchMaven makes sure that the artifacts are in the store, and returns their files in the given order. The user's
// Maven downloads what is missing, so that its mirrors and proxies count; its settings are the user's too, but not its
// local repository: the store's files are these and no others.
func (s *store) fetchMaven(ctx context.Context, what string, all []artifact, log io.Writer) ([]string, error) {
	files := make([]string, len(all))
	for i, a := range all {
		files[i] = s.m2(a)
	}
	if len(s.missing(all)) == 0 {
		return files, nil
	}
	return files, s.exclusive(ctx, "fetch", func() error {
		missing := s.missing(all)
		if len(missing) == 0 {
			return nil
		}
		err := newProgress(log, what, sizeOf(missing)).during(
			func() int64 { return s.downloaded(missing) },
			func() error { return s.resolve(ctx, missing) })
		if err != nil {
			return fmt.Errorf("hivetest: downloading %s: %w", what, err)
		}
		for _, a := range missing {
			if err := a.verify(s.m2(a)); err != nil {
				os.Remove(s.m2(a))
				return fmt.Errorf("hivetest: downloading %s: %w", what, err)
			}
		}
		return nil
	})
}

// resolve lets Maven download artifacts, whatever they contain.
func (s *store) resolve(ctx context.Context, all []artifact) error {
	mvn, err := findMaven()
	if err != nil {
		return err
	}
	for _, a := range all {
		os.Remove(s.m2(a)) // Maven would keep half a file
	}
	return s.withTemp("fetch.tmp", func(tmp string) error {
		pom := filepath.Join(tmp, "pom.xml")
		if err := os.WriteFile(pom, pomOf(all), 0o600); err != nil {
			return err
		}
		return runTool(ctx, exec.CommandContext(ctx, mvn, "-B", "-q", "-U", "-f", pom, "-Dmaven.repo.local="+s.path("m2"), mavenResolve))
	})
}

// m2 is the artifact's file in the store's Maven repository.
func (s *store) m2(a artifact) string { return s.path("m2", filepath.FromSlash(a.file())) }

// missing returns the artifacts that are not in the store. A file was compared with its sha256 when it came; from then
// on its size tells whether it is whole.
func (s *store) missing(all []artifact) []artifact {
	var missing []artifact
	for _, a := range all {
		info, err := os.Stat(s.m2(a))
		if err != nil || info.Size() != a.size {
			missing = append(missing, a)
		}
	}
	return missing
}

func sizeOf(all []artifact) (n int64) {
	for _, a := range all {
		n += a.size
	}
	return n
}

// downloaded counts the bytes that are here, those of files that Maven is still writing under another name included.
func (s *store) downloaded(all []artifact) (n int64) {
	for _, a := range all {
		parts, _ := filepath.Glob(s.m2(a) + "*")
		var most int64
		for _, p := range parts {
			if info, err := os.Stat(p); err == nil {
				most = max(most, info.Size())
			}
		}
		n += min(most, a.size)
	}
	return n
}

// pomOf writes a Maven project that depends on exactly these artifacts, and on nothing that they depend on.
func pomOf(all []artifact) []byte {
	var b bytes.Buffer
	tag := func(name, value string) {
		b.WriteString("<" + name + ">")
		xml.EscapeText(&b, []byte(value))
		b.WriteString("</" + name + ">")
	}
	b.WriteString(`<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>`)
	b.WriteString("<groupId>hivetest</groupId><artifactId>servers</artifactId><version>1</version><packaging>pom</packaging>")
	b.WriteString("<dependencies>\n")
	for _, a := range all {
		b.WriteString("<dependency>")
		tag("groupId", a.group)
		tag("artifactId", a.name)
		tag("version", a.version)
		tag("type", a.ext)
		if a.classifier != "" {
			tag("classifier", a.classifier)
		}
		b.WriteString("<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>\n")
	}
	b.WriteString("</dependencies></project>\n")
	return b.Bytes()
}

// fetchPySpark makes sure that the jars of the pinned pyspark are in the store, and returns them.
func (s *store) fetchPySpark(ctx context.Context, a artifact, log io.Writer) ([]string, error) {
	jars := s.path(a.name + "-" + a.version)
	if _, err := os.Stat(jars); err == nil {
		return filepath.Glob(filepath.Join(jars, "*.jar"))
	}
	python, err := findPip(ctx)
	if err != nil {
		return nil, err
	}
	err = s.exclusive(ctx, "fetch", func() error {
		if _, err := os.Stat(jars); err == nil {
			return nil
		}
		return s.withTemp("fetch.tmp", func(tmp string) error {
			// The pinned file is the source distribution. TMPDIR puts it where it can be seen growing.
			cmd := exec.CommandContext(ctx, python, "-m", "pip", "download", "-q", "--no-deps", "--no-cache-dir",
				"--no-binary", a.name, "--dest", tmp, a.name+"=="+a.version)
			cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
			err := newProgress(log, a.name+" "+a.version, a.size).during(
				func() int64 { return largest(tmp) },
				func() error { return runTool(ctx, cmd) })
			if err != nil {
				return fmt.Errorf("hivetest: downloading %s: %w", a, err)
			}
			sdist := filepath.Join(tmp, a.name+"-"+a.version+"."+a.ext)
			if err := a.verify(sdist); err != nil {
				return fmt.Errorf("hivetest: downloading %s: %w", a, err)
			}
			if err := extract(sdist, "*/deps/jars/*.jar", filepath.Join(tmp, "jars")); err != nil {
				return err
			}
			return os.Rename(filepath.Join(tmp, "jars"), jars)
		})
	})
	if err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(jars, "*.jar"))
}

// largest returns the size of the largest file in a folder: the one that is being downloaded.
func largest(dir string) (n int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				n = max(n, info.Size())
			}
		}
		return nil // files come and go while pip works
	})
	return n
}

// runTool runs a command; its error quotes the end of what the command said.
func runTool(ctx context.Context, cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, lastLines(out.String(), 30))
	}
	return nil
}

// lastLines returns the last n lines of a text, indented to be quoted.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return "\t" + strings.Join(lines[max(0, len(lines)-n):], "\n\t")
}
