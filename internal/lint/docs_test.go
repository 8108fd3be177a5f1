package lint

import (
	"go/types"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// eachDocument calls f with every document that tells of the present. The change log tells of the past.
func eachDocument(t *testing.T, f func(name, text string)) {
	t.Helper()
	eachFile(t, ".md", func(name, text string) {
		if name != "CHANGELOG.md" {
			f(name, text)
		}
	})
}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// TestDocumentedCode: the Go code in a document is a piece of a file that is compiled, line by line: of an Example, as a
// rule. So it is checked with the rest, and is to be seen on pkg.go.dev too.
func TestDocumentedCode(t *testing.T) {
	var compiled strings.Builder
	eachFile(t, ".go", func(_, text string) { compiled.WriteString(flat(text)) })
	blocks := 0
	eachDocument(t, func(name, text string) {
		for _, m := range goBlock.FindAllStringSubmatch(text, -1) {
			blocks++
			if !strings.Contains(compiled.String(), flat(m[1])) {
				t.Errorf("%s: this code is in no Go file; write it in an Example and copy it from there:\n%s", name, m[1])
			}
		}
	})
	if blocks == 0 {
		t.Error("there is no Go code in any document")
	}
}

// flat removes the indentation, which is another one in a document, and blank lines.
func flat(code string) string {
	var b strings.Builder
	for line := range strings.Lines("\n" + code) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("\n" + line)
		}
	}
	return b.String() + "\n"
}

var (
	link       = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	namedFile  = regexp.MustCompile("`((?:[\\w.-]+/)*[\\w.-]+(?:\\.go|/))`")
	namedGoal  = regexp.MustCompile("`make (\\w+)`")
	codeBlock  = regexp.MustCompile("(?s)\n```.*?\n```")
	identifier = regexp.MustCompile("`(" + strings.Join(public[1:], "|") + `)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)
)

// TestDocumentedNames: files, links, goals of make and identifiers that a document names are there.
func TestDocumentedNames(t *testing.T) {
	packages := loadPublic(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
		return err == nil
	}
	eachDocument(t, func(doc, text string) {
		for _, m := range link.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
			if !strings.Contains(m[1], "://") && !exists(path.Join(path.Dir(doc), m[1])) {
				t.Errorf("%s links to %s, which does not exist", doc, m[1])
			}
		}
		for _, m := range namedFile.FindAllStringSubmatch(text, -1) {
			if !exists(m[1]) && !exists(path.Join(path.Dir(doc), m[1])) {
				t.Errorf("%s names %s, which does not exist", doc, m[1])
			}
		}
		for _, m := range namedGoal.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which the Makefile does not have", doc, m[1])
			}
		}
		for _, m := range identifier.FindAllStringSubmatch(text, -1) {
			if !declares(packages[m[1]], m[2], m[3]) {
				t.Errorf("%s names %s, which does not exist", doc, strings.TrimLeft(m[0], "`"))
			}
		}
	})
}

// declares reports whether a package declares an identifier, and with a member, if one is named, such as a method.
func declares(p *types.Package, id, member string) bool {
	obj := p.Scope().Lookup(id)
	if obj == nil || member == "" {
		return obj != nil
	}
	found, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p, member)
	return found != nil
}
