// Package describe shows what an inspector tells of a table of Hive to people.
package describe

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skep-go/skep/dialect"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

// Table is what is shown.
type Table struct {
	*schema.TableInfo
	// Partitions is how many there are, less than 0 if it is not known.
	Partitions int
}

// Partitioned reports whether the table has columns by which it is partitioned.
func (t Table) Partitioned() bool { return len(detail(t).PartitionColumns) > 0 }

// Write shows a table.
func Write(w io.Writer, t Table) error {
	d := detail(t)
	p := &printer{}
	p.title(t, d)
	p.columns("columns", t.columns(d, false))
	p.columns("partitioned by", t.columns(d, true))
	p.section("keys and constraints", constraints(t))
	if t.Kind != schema.View {
		p.section("storage", storage(t, d))
	}
	p.section("properties", properties(t))
	p.section("statistics", statistics(t, d))
	p.section("definition", definition(t))
	_, err := io.WriteString(w, p.String())
	return err
}

func definition(t Table) []line {
	var list []line
	for text := range strings.Lines(t.Definition) {
		list = append(list, line{"", strings.TrimRight(text, "\r\n")})
	}
	return list
}

func detail(t Table) hivereflect.Detail {
	d, _ := attr[hivereflect.Detail](t)
	return d
}

// attr finds what is told of a table by an attribute of type A.
func attr[A schema.Attr](t Table) (found A, ok bool) {
	for _, a := range t.Attrs {
		if a, is := a.(A); is {
			return a, true
		}
	}
	return found, false
}

type printer struct{ strings.Builder }

// title says what the table is.
func (p *printer) title(t Table, d hivereflect.Detail) {
	kind := t.Kind.String()
	switch {
	case d.InsertOnly:
		kind = "insert-only " + kind
	case d.Transactional:
		kind = "transactional " + kind
	}
	if d.External {
		kind = "external " + kind
	}
	if t.Temporary {
		kind = "temporary " + kind
	}
	name := visible(t.Name)
	if t.Schema != "" {
		name = visible(t.Schema) + "." + name
	}
	fmt.Fprintf(p, "%s (%s)\n", name, kind)
	if t.Comment != "" {
		fmt.Fprintf(p, "%s\n", visible(t.Comment))
	}
	if d.Owner != "" {
		fmt.Fprintf(p, "owner %s", visible(d.Owner))
		if d.OwnerKind != "" && d.OwnerKind != "USER" {
			fmt.Fprintf(p, " (%s)", strings.ToLower(d.OwnerKind))
		}
		if !d.Created.IsZero() {
			fmt.Fprintf(p, ", created %s UTC", d.Created.UTC().Format(time.DateTime))
		}
		p.WriteString("\n")
	}
}

// line is a name and a value.
type line struct{ name, value string }

// section writes lines under a headline; without lines there is none.
func (p *printer) section(head string, lines []line) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(p, "\n%s\n", head)
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(visible(l.name)))
	}
	for _, l := range lines {
		name := visible(l.name)
		if width > 0 {
			name = pad(name, width) + "  "
		}
		p.WriteString(strings.TrimRight("  "+name+visible(l.value), " ") + "\n")
	}
}

// cells are a column of the table, with lines for each cell.
type cells [4][]string

// columns writes the columns of the table in four of text: name, type, NOT NULL and DEFAULT, comment.
func (p *printer) columns(head string, list []cells) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(p, "\n%s\n", head)
	var widths [4]int
	for _, c := range list {
		for i, cell := range c {
			for _, text := range cell {
				widths[i] = max(widths[i], utf8.RuneCountInString(text))
			}
		}
	}
	for _, c := range list {
		for n := range max(len(c[0]), len(c[1])) {
			text := "  "
			for i, cell := range c {
				part := ""
				if n < len(cell) {
					part = cell[n]
				}
				if widths[i] > 0 {
					text += pad(part, widths[i]) + "  "
				}
			}
			p.WriteString(strings.TrimRight(text, " ") + "\n")
		}
	}
}

// columns are those by which the table is partitioned, or the others.
func (t Table) columns(d hivereflect.Detail, partitions bool) []cells {
	var list []cells
	for _, c := range t.Columns {
		if slices.Contains(d.PartitionColumns, c.Name) != partitions {
			continue
		}
		var says []string
		if c.NotNull {
			says = append(says, "not null")
		}
		if c.ServerDefault != nil {
			says = append(says, "default "+visible(fmt.Sprint(c.ServerDefault)))
		}
		list = append(list, cells{
			{visible(c.Name)}, typeLines(c.Type), {strings.Join(says, ", ")}, {visible(c.Comment)},
		})
	}
	return list
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-utf8.RuneCountInString(s), 0))
}

// visible shows characters that would break a line, or that are not seen, as Go writes them.
func visible(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

func constraints(t Table) []line {
	var list []line
	add := func(kind, name, text string, notEnforced, rely bool) {
		var says []string
		if name != "" {
			says = append(says, name)
		}
		if notEnforced {
			says = append(says, "not enforced")
		}
		if rely {
			says = append(says, "rely")
		}
		if says != nil {
			text += "  [" + strings.Join(says, ", ") + "]"
		}
		list = append(list, line{kind, text})
	}
	if k := t.PrimaryKey(); len(k.Columns) > 0 {
		add("primary key", k.Name, names(k.Columns), k.NotEnforced, k.Rely)
	}
	for _, k := range t.Uniques() {
		add("unique", k.Name, names(k.Columns), k.NotEnforced, k.Rely)
	}
	for _, k := range t.ForeignKeys() {
		parent := k.RefTable
		if k.RefSchema != "" && k.RefSchema != t.Schema {
			parent = k.RefSchema + "." + parent
		}
		add("foreign key", k.Name, names(k.Columns)+" to "+parent+" "+names(k.RefColumns), k.NotEnforced, k.Rely)
	}
	for _, k := range t.Checks() {
		add("check", k.Name, fmt.Sprint(k.Condition), k.NotEnforced, k.Rely)
	}
	return list
}

func names(columns []string) string { return "(" + strings.Join(columns, ", ") + ")" }

func storage(t Table, d hivereflect.Detail) []line {
	var list []line
	add := func(name, value string) {
		if value != "" {
			list = append(list, line{name, value})
		}
	}
	s, _ := attr[dialect.Storage](t)
	add("format", cmp.Or(s.Format, s.Provider))
	add("handler", s.Handler)
	if s.Format+s.Provider+s.Handler == "" {
		add("input", d.InputFormat)
		add("output", d.OutputFormat)
	}
	if _, own := attr[dialect.RowSerDe](t); own || s.Format+s.Provider+s.Handler == "" {
		add("serde", d.SerDe)
	}
	for _, key := range slices.Sorted(maps.Keys(d.SerDeProperties)) {
		if key != "serialization.format" && key != "path" {
			add("  "+key, strconv.Quote(d.SerDeProperties[key]))
		}
	}
	if b, ok := attr[dialect.Bucketing](t); ok {
		text := fmt.Sprintf("%d by %s", b.Count, strings.Join(b.Columns, ", "))
		if len(b.Sort) > 0 {
			text += ", sorted by " + sortKeys(b.Sort)
		}
		add("buckets", text)
	}
	if s, ok := attr[dialect.Skewing](t); ok {
		var values []string
		for _, v := range s.Values {
			values = append(values, fmt.Sprint(v))
		}
		text := names(s.Columns) + " on " + strings.Join(values, ", ")
		if s.Directories {
			text += ", in folders of their own"
		}
		add("skewed", text)
	}
	add("location", d.Location)
	return list
}

// sortKeys are columns, of which those with a minus are sorted the other way.
func sortKeys(keys []string) string {
	var list []string
	for _, key := range keys {
		if name, descending := strings.CutPrefix(key, "-"); descending {
			key = name + " desc"
		}
		list = append(list, key)
	}
	return strings.Join(list, ", ")
}

// properties are those of whoever made the table.
func properties(t Table) []line {
	p, _ := attr[dialect.TableProperties](t)
	var list []line
	for _, key := range slices.Sorted(maps.Keys(p.Properties)) {
		list = append(list, line{key, p.Properties[key]})
	}
	return list
}

// statistics are those that Hive keeps among the properties.
func statistics(t Table, d hivereflect.Detail) []line {
	var list []line
	if t.Partitions >= 0 && t.Partitioned() {
		list = append(list, line{"partitions", thousands(int64(t.Partitions))})
	}
	for _, s := range []struct {
		name, property string
		show           func(int64) string
	}{{"rows", "numRows", thousands}, {"files", "numFiles", thousands}, {"size", "totalSize", size}, {"raw size", "rawDataSize", size}} {
		n, err := strconv.ParseInt(d.Properties[s.property], 10, 64)
		if err == nil && n >= 0 {
			list = append(list, line{s.name, s.show(n)})
		}
	}
	return list
}

// thousands writes 336776 as 336,776.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes a number of bytes.
func size(n int64) string {
	if n < 1024 {
		return thousands(n) + " B"
	}
	f := float64(n)
	for _, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if f /= 1024; f < 1024 {
			return fmt.Sprintf("%.1f %s", f, unit)
		}
	}
	return fmt.Sprintf("%.1f PiB", f/1024)
}
