package golden

import (
	"flag"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the files that tests compare with")

// Update reports whether tests are to write the files that they compare with: the flag -update.
func Update() bool { return *update }

// File gathers what a test compiles, and holds it against a file when the test ends.
type File struct {
	name  string
	cases []Case
}

// New begins a file. When t ends, what was gathered is held against it.
func New(t *testing.T, name string) *File {
	t.Helper()
	f := &File{name: name}
	t.Cleanup(func() { f.check(t) })
	return f
}

// Add gathers what a dialect makes of a statement: its text, or the error by which it refuses it.
func (f *File) Add(name, target, sql string, err error) {
	i := slices.IndexFunc(f.cases, func(c Case) bool { return c.Name == name })
	if i < 0 {
		i = len(f.cases)
		f.cases = append(f.cases, Case{Name: name})
	}
	b := Block{Kind: SQL, Targets: []string{target}, Text: sql}
	if err != nil {
		b.Kind, b.Text = Refused, err.Error()
	}
	c := &f.cases[i]
	for j := range c.Blocks {
		if same := &c.Blocks[j]; same.Kind == b.Kind && same.Text == b.Text {
			same.Targets = append(same.Targets, target)
			return
		}
	}
	c.Blocks = append(c.Blocks, b)
}

func (f *File) check(t *testing.T) {
	t.Helper()
	old, err := Read(f.name)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Error(err)
		return
	}
	for i := range f.cases {
		f.cases[i].Blocks = append(f.cases[i].Blocks, rows(old, f.cases[i].Name)...)
	}
	switch {
	case *update && t.Failed():
		return // what was gathered may not be all
	case *update:
		if err := os.WriteFile(f.name, []byte(format(f.cases)), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	for i, c := range f.cases {
		if i >= len(old) || format(old[i:i+1]) != format([]Case{c}) {
			want := ""
			if i < len(old) {
				want = format(old[i : i+1])
			}
			t.Errorf("%s, case %q (-update writes the file)\n got:\n%s\nwant:\n%s", f.name, c.Name, format([]Case{c}), want)
		}
	}
	if len(old) > len(f.cases) {
		t.Errorf("%s has %d cases, and %d were compiled", f.name, len(old), len(f.cases))
	}
}

func rows(cases []Case, name string) []Block {
	var list []Block
	for _, c := range cases {
		if c.Name == name {
			for _, b := range c.Blocks {
				if b.Kind == Rows {
					list = append(list, b)
				}
			}
		}
	}
	return list
}
