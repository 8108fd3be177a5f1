package hivereflect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/schema"
)

// DescribeError tells that an answer of DESCRIBE is not understood.
type DescribeError struct {
	Schema, Table string
	Line          int // of the answer, from 1
	Text          string
	Reason        string
}

func (e *DescribeError) Error() string {
	text := e.Text
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return fmt.Sprintf("hivereflect: what the server tells of table %q in schema %q is not understood: line %d, %q: %s",
		e.Table, e.Schema, e.Line, text, e.Reason)
}

// describe reads what a table is.
func (a *asker) describe(ctx context.Context, in, name string) (*found, error) {
	t := schema.NewTable(nil, name, schema.In(in))
	f, err := a.read(ctx, t)
	if err == nil {
		f.enclosed = a.dialect.Version() == dialect.Hive31
		if len(f.partitions) > 0 {
			maps.DeleteFunc(f.detail.Properties, func(name, _ string) bool { return slices.Contains(summed, name) })
		}
		return f, nil
	}
	var garbled *DescribeError
	if errors.As(err, &garbled) {
		garbled.Schema, garbled.Table = in, name
	}
	err = a.failure(in, name, err)
	if in != "" && a.spark() && errors.As(err, new(*schema.NoTableError)) {
		if missing := a.exists(ctx, in); missing != nil {
			return nil, missing
		}
	}
	return nil, err
}

// summed are the properties of a partitioned table that Hive makes for DESCRIBE alone (DescTableOperation): sums over its
// partitions, in which what nobody has counted is 0.
var summed = []string{
	"COLUMN_STATS_ACCURATE", "numFiles", "numFilesErasureCoded", "numPartitions", "numRows", "rawDataSize", "totalSize",
}

func (a *asker) read(ctx context.Context, t *schema.Table) (*found, error) {
	if a.spark() {
		return a.readSpark(ctx, t)
	}
	text, err := a.askJSON(ctx, dialect.Describe(t))
	switch {
	case err != nil:
		return nil, err
	case text != "":
		return readJSON(text)
	}
	return a.readText(ctx, t)
}

// askJSON asks for an answer in JSON. It is "" if the server does not give one.
func (a *asker) askJSON(ctx context.Context, about dialect.DescribeStmt) (string, error) {
	if a.textOnly.Load() {
		return "", nil
	}
	rows, err := a.ask(ctx, about.Extended(), hive.Options{Conf: map[string]string{"hive.ddl.output.format": "json"}})
	switch {
	case err == nil && len(rows) == 1 && strings.HasPrefix(rows[0].at(0), "{"):
		return rows[0].at(0), nil
	case err != nil && !settingRefused(err):
		return "", err
	}
	a.textOnly.Store(true)
	return "", nil
}

// settingRefused: the error of a setting that the server does not take has neither a state nor a code (QueryState.Builder).
// Every error of a statement has.
func settingRefused(err error) bool {
	var e *hive.Error
	return errors.As(err, &e) && e.SQLState == "" && e.Code == 0 && errors.Unwrap(e) == nil
}

// line is a row that DESCRIBE gives.
type line struct {
	at                 int // from 1
	name, typ, comment string
	tail               bool // comment is not NULL
}

func linesOf(rows []row) []line {
	lines := make([]line, len(rows))
	for i, r := range rows {
		lines[i] = line{i + 1, r.at(0), r.at(1), r.at(2), len(r.cells) > 2 && r.cells[2] != nil}
	}
	return lines
}

func (l line) fault(format string, args ...any) error {
	return &DescribeError{Line: l.at, Text: l.name + "\t" + l.typ + "\t" + l.comment, Reason: fmt.Sprintf(format, args...)}
}

// section is a part of the answer with its heading, such as "# Storage Information". The columns have none.
type section struct {
	heading string
	lines   []line
}

// sections parts an answer. A column may have the name of a heading, but a heading has no type; and no type is data_type,
// which stands over the columns.
func sections(lines []line) []section {
	all := []section{{}}
	for _, l := range lines {
		name, typ := strings.TrimSpace(l.name), strings.TrimSpace(l.typ)
		switch {
		case l.name == "" && l.typ == "" && l.comment == "":
		case name == "# col_name" && typ == "data_type":
		case strings.HasPrefix(name, "# ") && typ == "":
			all = append(all, section{heading: name})
		default:
			last := &all[len(all)-1]
			last.lines = append(last.lines, l)
		}
	}
	return all
}

// columns reads the columns of a section.
func (s section) columns(comment func(string) string) ([]field, error) {
	var all []field
	for _, l := range s.lines {
		if l.name == "" || l.typ == "" {
			return nil, l.fault("want a column and its type")
		}
		all = append(all, field{l.name, l.typ, comment(l.comment)})
	}
	return all, nil
}

// unpad takes away the blanks by which Hive makes a text 20 characters long. Those that were there before cannot be told
// from them.
func unpad(s string) string {
	if len(s) >= 20 && len(utf16.Encode([]rune(s))) == 20 {
		return strings.TrimRight(s, " ")
	}
	return s
}

// unescape undoes HiveStringUtils.escapeJava.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var units []uint16 // surrogates are escaped one by one
	text := []rune(s)
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			if plain, ok := javaEscapes[text[i+1]]; ok {
				c = plain
				i++
			} else if text[i+1] == 'u' && i+6 <= len(text) {
				if code, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16); err == nil {
					units = append(units, uint16(code))
					i += 5
					continue
				}
			}
		}
		units = utf16.AppendRune(units, c)
	}
	return string(utf16.Decode(units))
}

var javaEscapes = map[rune]rune{
	'\\': '\\', '"': '"', '\'': '\'', '/': '/', 'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r',
}

// list reads what Java prints of a list. A separator may be part of a name, so the parts must be among those that can be.
func (l line) list(text, before, between, after string, known []field) ([]string, error) {
	if text == "[]" {
		return nil, nil
	}
	inner, ok := within(text, before, after)
	if !ok {
		return nil, l.fault("want a list")
	}
	names := strings.Split(inner, between)
	for _, name := range names {
		if !isColumn(name, known) {
			return nil, l.fault("there is no column %q", name)
		}
	}
	return names, nil
}

// within is a text without what it must begin and end with.
func within(text, before, after string) (inner string, ok bool) {
	inner, begins := strings.CutPrefix(text, before)
	inner, ends := strings.CutSuffix(inner, after)
	return inner, begins && ends
}

func isColumn(name string, known []field) bool {
	for _, c := range known {
		if c.name == name {
			return true
		}
	}
	return false
}

// javaDate reads what java.util.Date prints: the time to the second, and a zone by a name that is not always known here.
func javaDate(text string) time.Time {
	t, err := time.Parse("Mon Jan 2 15:04:05 MST 2006", text)
	zone, offset := t.Zone()
	if err != nil || offset == 0 && zone != "UTC" && zone != "GMT" {
		return time.Time{}
	}
	return t.UTC()
}
