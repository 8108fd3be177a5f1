package dialecttest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// names that must work, and names that may be refused. None may become another name, or anything else than a name.
var (
	commonNames = []string{"x", "select", "table", "user", "a b", "_a", "a_1"}
	oddNames    = []string{
		"Order", "MixedCase", "1a", "a-b", "a.b", "a:b", "a,b", `a"b`, "a`b", "a'b", "a]b", "a)b", "a;b", "--a", "/*a*/", "%", "a?b", ":a", "$1", "${a}",
		"${env:HOME}", `a\b`, "ä", "中文", "🐝", " a", "a ", "a\nb", "a\tb", strings.Repeat("n", 200),
	}
)

func nameTests() []test {
	var list []test
	for _, name := range commonNames {
		list = append(list, test{fmt.Sprintf("name/%q", name), func(s *suite) error { return s.name(name) }})
	}
	for _, name := range oddNames {
		list = append(list, test{fmt.Sprintf("name/%q", name), func(s *suite) error {
			if _, err := s.dialect.AppendIdent(nil, name); err != nil {
				return nil // it is refused
			}
			return s.name(name)
		}})
	}
	return list
}

// name: as a label, a column of a query and the alias of one, a name comes back as it was given, upper and lower case
// aside.
func (s *suite) name(name string) error {
	inner := expr.Select(lit(7).As(name)).Subquery(name)
	st, err := compile.Compile(s.dialect, expr.Select(expr.Col[expr.Int](inner, name).As(name)))
	if err != nil || s.server.DB == nil {
		return err
	}
	text, err := st.SQL()
	if err != nil {
		return err
	}
	found, err := s.server.DB.QueryContext(s.ctx, text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	defer func() { _ = found.Close() }() // Err has told what is wrong
	columns, err := found.Columns()
	if err != nil {
		return err
	}
	if len(columns) != 1 || !strings.EqualFold(columns[0], name) {
		err = fmt.Errorf("%s: the columns are %q", text, columns)
	}
	var v int64
	for found.Next() {
		err = errors.Join(err, found.Scan(&v))
	}
	if v != 7 {
		err = errors.Join(err, fmt.Errorf("%s: the value is %d", text, v))
	}
	return errors.Join(err, found.Err())
}
