// Package golden reads and writes files of statements that were compiled: which text each dialect gives, which it
// refuses, and which rows a server must answer.
//
//	=== C-30 order by a label
//	--- hive hive3.1 hive2.3
//	SELECT t.x AS lx FROM t ORDER BY lx DESC
//	--- spark
//	SELECT …
//	--- refused ansi
//	ansi does not have …
//	--- rows hive spark
//	7	\N
//
// A test compiles the statements and holds them against the file; with -update it writes the file, and keeps the rows,
// which are written by hand. Another test has the servers read every statement of the file, and compares the rows.
package golden

import (
	"fmt"
	"os"
	"strings"
)

// Case is one statement.
type Case struct {
	Name   string
	Blocks []Block
}

// Block is what some dialects make of a statement.
type Block struct {
	Kind    Kind
	Targets []string // names of dialects
	Text    string
}

// Kind says what the text of a [Block] is.
type Kind string

// The kinds of blocks.
const (
	SQL     Kind = ""        // a statement
	Refused Kind = "refused" // the error
	Rows    Kind = "rows"    // of the result: columns between tabs, \N for NULL
)

// Read reads a file.
func Read(file string) ([]Case, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parse(string(text))
}

func parse(text string) ([]Case, error) {
	var cases []Case
	for i, line := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(line, "=== "); ok {
			cases = append(cases, Case{Name: name})
			continue
		}
		if len(cases) == 0 {
			if line != "" && !strings.HasPrefix(line, "#") {
				return nil, fmt.Errorf("line %d: want === and a name", i+1)
			}
			continue
		}
		c := &cases[len(cases)-1]
		if head, ok := strings.CutPrefix(line, "--- "); ok {
			c.Blocks = append(c.Blocks, newBlock(head))
		} else if len(c.Blocks) > 0 {
			c.Blocks[len(c.Blocks)-1].Text += line + "\n"
		}
	}
	for _, c := range cases {
		for i := range c.Blocks {
			c.Blocks[i].Text = strings.TrimRight(c.Blocks[i].Text, "\n")
		}
	}
	return cases, nil
}

func newBlock(head string) Block {
	words := strings.Fields(head)
	b := Block{Targets: words}
	if len(words) > 0 && (words[0] == string(Refused) || words[0] == string(Rows)) {
		b.Kind, b.Targets = Kind(words[0]), words[1:]
	}
	return b
}

func format(cases []Case) string {
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("=== " + c.Name + "\n")
		for _, block := range c.Blocks {
			b.WriteString("---")
			if block.Kind != SQL {
				b.WriteString(" " + string(block.Kind))
			}
			for _, t := range block.Targets {
				b.WriteString(" " + t)
			}
			b.WriteString("\n" + block.Text + "\n")
		}
	}
	return b.String()
}
