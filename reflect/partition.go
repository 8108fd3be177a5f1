package hivereflect

import (
	"cmp"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skep-go/skep/toolkit/expr"
)

// Partition is a partition of a table.
type Partition struct {
	// Name is the partition's as Hive writes it: day=2026-01-31/land=a%3Db.
	Name string
	// Values are those of the columns by which the table is partitioned, in their order and without the escapes of Name.
	// NULL is the partition of rows that have none (__HIVE_DEFAULT_PARTITION__), or an empty text, which Hive puts there, too.
	Values []sql.NullString
	// Location is the folder of the partition's files, as a URL.
	Location   string
	Created    time.Time
	Properties map[string]string
}

// nullPartition stands for NULL in the values of partitions. It is Hive's hive.exec.default.partition.name, which is not
// to be changed.
const nullPartition = "__HIVE_DEFAULT_PARTITION__"

func partitionValues(texts []string) []sql.NullString {
	values := make([]sql.NullString, len(texts))
	for i, text := range texts {
		if text != nullPartition {
			values[i] = sql.NullString{String: text, Valid: true}
		}
	}
	return values
}

// partitionName makes a name as Warehouse.makePartName does.
func partitionName(columns, values []string) string {
	var b strings.Builder
	for i, value := range values {
		if i > 0 {
			b.WriteByte('/')
		}
		if i < len(columns) {
			escapePath(&b, strings.ToLower(columns[i]))
		}
		b.WriteByte('=')
		escapePath(&b, cmp.Or(value, nullPartition))
	}
	return b.String()
}

// escapePath writes s as FileUtils.escapePathName does.
func escapePath(b *strings.Builder, s string) {
	const escaped = "\"#%'*/:=?\\{[]^\x7f"
	for i := range len(s) {
		if c := s[i]; c < ' ' || strings.IndexByte(escaped, c) >= 0 {
			fmt.Fprintf(b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
}

// PartitionFilter is a condition on the columns by which a table is partitioned, in the metastore's own language:
//
//	day >= "2026-01-01" and (land = "fr" or n < 5)
//
// There are comparisons, like, between, and, or and parentheses. [Where] writes a comparison. The empty one is for all
// partitions.
type PartitionFilter string

// Where compares a column with a value: a text, an integer, or a time, of which the day counts. The operator is =, !=, <,
// <=, > or >=. A text with a backslash or with both kinds of quotes in it is an error: the language has no way to say it.
func Where(column, operator string, value any) (PartitionFilter, error) {
	fail := func(reason string) (PartitionFilter, error) {
		return "", fmt.Errorf("hivereflect: filter of partitions: %q %s %v: %s", column, operator, value, reason)
	}
	for i, c := range column {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return fail("the language has plain names only")
		}
	}
	switch operator {
	case "=", "!=", "<", "<=", ">", ">=":
	default:
		return fail("no such operator")
	}
	var literal string
	switch v := value.(type) {
	case string:
		quote := `"`
		if strings.Contains(v, quote) {
			quote = `'`
		}
		if strings.Contains(v, quote) || strings.Contains(v, `\`) {
			return fail("the language cannot say this text")
		}
		literal = quote + v + quote
	case int:
		literal = strconv.Itoa(v)
	case int64:
		literal = strconv.FormatInt(v, 10)
	case time.Time:
		literal = v.Format(`"2006-01-02"`)
	default:
		return fail("want a string, an int, an int64 or a time.Time")
	}
	if column == "" {
		return fail("want a column")
	}
	return PartitionFilter(column + " " + operator + " " + literal), nil
}

// condition is the filter for a server that takes SQL: texts are values, names are quoted, and all else is what both
// languages have.
func (f PartitionFilter) condition() (expr.Bool, error) {
	fail := func(reason string) (expr.Bool, error) {
		return expr.Bool{}, fmt.Errorf("hivereflect: filter of partitions: %q: %s", string(f), reason)
	}
	var sql strings.Builder
	var values []expr.Arg
	open := 0
	for rest := string(f); rest != ""; {
		c, n := rest[0], 1
		switch {
		case c == '"' || c == '\'':
			n = 2 + strings.IndexByte(rest[1:], c)
			if n < 2 || strings.Contains(rest[:n], `\`) {
				return fail("a text ends with the quote that it begins with, and has no backslash")
			}
			name := "text" + strconv.Itoa(len(values))
			values = append(values, expr.P(name, rest[1:n-1]))
			sql.WriteString(" :" + name + " ")
		case wordLen(rest) > 0:
			n = wordLen(rest)
			sql.WriteString(wordInSQL(rest[:n], rest[n:]))
		case strings.IndexByte(" \t\n=!<>,.-()", c) < 0 || strings.HasPrefix(rest, "--"):
			return fail("the language has no " + strconv.QuoteRune(rune(c)))
		default:
			if c == '(' {
				open++
			} else if c == ')' {
				open--
			}
			if open < 0 {
				return fail("the parentheses do not match")
			}
			sql.WriteByte(c)
		}
		rest = rest[n:]
	}
	if open != 0 {
		return fail("the parentheses do not match")
	}
	return expr.TextOf[expr.Bool]("("+sql.String()+")", values...), nil
}

// wordLen is the length of the name, number or word of the language that text begins with.
func wordLen(text string) int {
	for i := range len(text) {
		if c := text[i]; c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return i
		}
	}
	return len(text)
}

// wordInSQL quotes a word that is a name: one of SQL's own words may be the name of a column. What stands before a text
// is its type.
func wordInSQL(word, after string) string {
	switch strings.ToLower(word) {
	case "and", "or", "not", "like", "between", "in":
		return word
	}
	after = strings.TrimLeft(after, " \t\n")
	if word[0] <= '9' || strings.HasPrefix(after, "'") || strings.HasPrefix(after, `"`) {
		return word
	}
	return "`" + word + "`"
}

// And joins conditions of which all hold.
func (f PartitionFilter) And(others ...PartitionFilter) PartitionFilter {
	return f.join(" and ", others)
}

// Or joins conditions of which one holds.
func (f PartitionFilter) Or(others ...PartitionFilter) PartitionFilter { return f.join(" or ", others) }

func (f PartitionFilter) join(word string, others []PartitionFilter) PartitionFilter {
	all := "(" + f + ")"
	for _, other := range others {
		all += PartitionFilter(word) + "(" + other + ")"
	}
	return all
}
