package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skep-go/skep/toolkit/schema"
)

// WriteTable writes the rest of the rows for people to read: aligned, with a line of names above and with NULL shown.
// The first rows, as many as FetchMany gives without a number, say how wide the columns are, so that memory is bounded.
func (r *Result) WriteTable(ctx context.Context, w io.Writer) error {
	return writing(w, func(out *bufio.Writer) error {
		rows, err := r.FetchMany(ctx, -1)
		if rows == nil {
			return err
		}
		t := newTable(r.head.columns, rows)
		t.line(out, r.head.names())
		t.rule(out)
		for {
			for _, row := range rows {
				t.line(out, t.cells(row))
			}
			if err != nil || len(rows) == 0 {
				return err
			}
			rows, err = r.FetchMany(ctx, -1)
		}
	})
}

// writing gives what was written before an error to w, too.
func writing(w io.Writer, write func(*bufio.Writer) error) error {
	out := bufio.NewWriter(w)
	err := write(out)
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	return err
}

// table is the form of the lines of WriteTable.
type table struct {
	columns []Column
	widths  []int
	right   []bool // numbers stand at the right
}

func newTable(columns []Column, rows []Row) *table {
	t := &table{columns: columns, widths: make([]int, len(columns)), right: make([]bool, len(columns))}
	for i, c := range columns {
		t.widths[i] = utf8.RuneCountInString(visible(c.Name))
	}
	for _, row := range rows {
		for i, cell := range t.cells(row) {
			t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
			switch row.values[i].(type) {
			case int64, float64, schema.Decimal:
				t.right[i] = true
			}
		}
	}
	return t
}

func (t *table) cells(row Row) []string {
	cells := make([]string, len(row.values))
	for i, v := range row.values {
		cells[i] = "NULL"
		if v != nil {
			cells[i] = visible(text(v, t.columns[i].Type))
		}
	}
	return cells
}

func (t *table) line(out *bufio.Writer, cells []string) {
	var line strings.Builder
	for i, cell := range cells {
		blanks := strings.Repeat(" ", max(t.widths[i]-utf8.RuneCountInString(cell), 0))
		if i > 0 {
			line.WriteString("  ")
		}
		if t.right[i] {
			line.WriteString(blanks + cell)
		} else {
			line.WriteString(cell + blanks)
		}
	}
	_, _ = out.WriteString(strings.TrimRight(line.String(), " ") + "\n") // Flush tells
}

func (t *table) rule(out *bufio.Writer) {
	rule := make([]string, len(t.widths))
	for i, width := range t.widths {
		rule[i] = strings.Repeat("-", width)
	}
	t.line(out, rule)
}

// visible shows characters that would break a line as Go writes them.
func visible(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// text is a value as text. Numbers have all their digits, and bytes are base64.
func text(v any, t schema.Type) string {
	switch v := v.(type) {
	case time.Time:
		if t == schema.Timestamp {
			return v.Format(timeForms[0])
		}
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	}
	s, err := toText(v)
	if isNested(v) {
		s, err = nestedText(v, t)
	}
	if err != nil { // of a part that is no text, see WriteJSON
		return fmt.Sprint(v)
	}
	return s
}

// CSV says what [Result.WriteCSV] writes. The zero value is a line of names, commas, and nothing for NULL.
type CSV struct {
	NoHeader bool
	Comma    rune   // what stands between values, if it is not a comma
	Null     string // what stands for NULL; a text that is the same is quoted
}

// WriteCSV writes the rest of the rows as comma-separated values. An empty text is "", so that it is not taken for NULL.
// Bytes are base64. A row of a single NULL is an empty line, which readers skip, unless o says what stands for NULL.
func (r *Result) WriteCSV(ctx context.Context, w io.Writer, o CSV) error {
	if o.Comma == 0 {
		o.Comma = ','
	}
	return writing(w, func(out *bufio.Writer) error {
		header := o.NoHeader
		return r.write(ctx, func(columns []Column, values []any) error {
			if !header {
				header = true
				for i, c := range columns {
					o.cell(out, i, c.Name)
				}
				_ = out.WriteByte('\n') // Flush tells
			}
			for i, v := range values {
				if v != nil {
					o.cell(out, i, text(v, columns[i].Type))
				} else {
					o.between(out, i)
					_, _ = out.WriteString(o.Null)
				}
			}
			if values != nil {
				return out.WriteByte('\n')
			}
			return nil
		})
	})
}

func (o CSV) between(out *bufio.Writer, i int) {
	if i > 0 {
		_, _ = out.WriteRune(o.Comma)
	}
}

func (o CSV) cell(out *bufio.Writer, i int, s string) {
	o.between(out, i)
	if s == "" || s == o.Null || strings.TrimSpace(s) != s || strings.ContainsAny(s, "\"\r\n"+string(o.Comma)) {
		s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	_, _ = out.WriteString(s)
}

// WriteJSON writes the rest of the rows as lines, each an object with the columns in their order. Numbers have all their
// digits; those that JSON lacks, such as NaN, are strings, as dates and times are. Bytes are base64. Arrays are arrays;
// maps and structs are objects. Columns that share a
// name are an [*AmbiguousError], and text that is not UTF-8 is a [*ValueError].
func (r *Result) WriteJSON(ctx context.Context, w io.Writer) error {
	return writing(w, func(out *bufio.Writer) error {
		var names []string
		var line bytes.Buffer
		return r.write(ctx, func(columns []Column, values []any) (err error) {
			if values == nil {
				return nil
			}
			if names == nil {
				if names, err = r.head.jsonNames(); err != nil {
					return err
				}
			}
			line.Reset()
			for i, v := range values {
				line.WriteString(names[i])
				if err := appendJSONValue(&line, v, columns[i].Type); err != nil {
					return &ValueError{Column: columns[i].Name, Row: r.number, From: fmt.Sprintf("%T", v), To: "text in JSON", Err: err}
				}
			}
			line.WriteString("}\n")
			_, err = out.Write(line.Bytes())
			return err
		})
	})
}

// jsonNames are what stands before each value of an object.
func (h *header) jsonNames() ([]string, error) {
	if err := h.unique(); err != nil {
		return nil, err
	}
	names := make([]string, len(h.columns))
	for i, c := range h.columns {
		name := bytes.NewBufferString(",")
		if i == 0 {
			name = bytes.NewBufferString("{")
		}
		if err := appendJSON(name, c.Name); err != nil {
			return nil, err
		}
		names[i] = name.String() + ":"
	}
	return names, nil
}

func appendJSONValue(b *bytes.Buffer, v any, t schema.Type) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
		return nil
	case bool, int64:
		fmt.Fprint(b, v)
		return nil
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
			return nil
		}
	case schema.Decimal:
		if json.Valid([]byte(v)) {
			b.WriteString(string(v))
			return nil
		}
	case []any, map[string]any, map[any]any:
		return appendNested(b, v, t)
	}
	return appendJSON(b, text(v, t))
}

func appendJSON(b *bytes.Buffer, s string) error {
	if !utf8.ValidString(s) {
		return errors.New("it is not UTF-8; select it as binary")
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the newline
	return nil
}

// write calls f with the values of each row, which are valid during the call, and once more with nil at the end.
func (r *Result) write(ctx context.Context, f func(columns []Column, values []any) error) error {
	rows := &Typed[[]any]{res: r, plan: func(*header) (plan[[]any], error) {
		return plan[[]any]{make: func(values []any, _ int64) ([]any, error) { return values, nil }}, nil
	}}
	for {
		values, ok, err := rows.Next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			return f(r.head.columns, nil)
		}
		if err := f(r.head.columns, values); err != nil {
			r.end(err)
			return err
		}
	}
}
