// Package dialecttest is the suite of tests that every dialect passes. It holds what a dialect says of itself against
// what its compiler refuses, and against what its server does:
//
//	func TestDialect(t *testing.T) {
//		dialecttest.Run(t, mydialect.New(), dialecttest.Server{DB: db})
//	}
//
// For every [compile.Feature], what the dialect supports must compile and, if there is a server, give the right rows;
// what it does not support must be refused with a [*compile.UnsupportedError]. Names and values must come back as they
// were sent, or be refused; operators must bind as the tree says; what every server has must work; and a
// [compile.Cache] must give what the compiler does.
package dialecttest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Server is what a dialect is tried on.
type Server struct {
	// DB is a pool on the server. It has the tables that [Tables] describes. Nil: statements are compiled, and no more.
	DB *sql.DB
	// Schema is the schema in which the tables are, "" for the default one.
	Schema string
	// Scan makes of what the driver gives a value like want, for values that the suite does not understand by itself.
	// It may be nil. The suite understands numbers and truth values as other numbers, and all values as text.
	Scan func(got, want any) (any, error)
	// Array is an array of 10, 20 and 30, and Struct has the fields a, which is 1, and b, which is 'x': expressions in the
	// words of the server, for dialects that support [compile.Arrays] and [compile.Structs].
	Array  expr.Array[expr.Int]
	Struct expr.Struct
	// Hint is a hint that the server takes, for dialects that support [compile.Hints].
	Hint string
	// Collation compares by bytes, for dialects that support [compile.Collations].
	Collation string
	// Changeable is what a table is declared with whose rows can be changed, for dialects that support [compile.Updates],
	// [compile.Deletes] and [compile.Merges], and whose servers have tables of several sorts.
	Changeable []schema.Item
	// CompileOnly are tests whose statements the server cannot execute, by their names, with the reason: what it has not
	// been set up for. Their statements are compiled, and no more.
	CompileOnly map[string]string
	// Except are tests that are known to fail, by their names, with the reason: defects of the server, not of the
	// dialect. One that does not fail is an error.
	Except map[string]string
}

// Table is a table that the suite reads.
type Table struct {
	*schema.Table
	Rows [][]any // nil, int64, float64, string
}

// Tables are those that the suite reads: people and visits, small ones of the types BIGINT, STRING and DOUBLE. The
// schema is that of the server, "" for the default one.
func Tables(in string) []Table {
	w := newWorld(in)
	return []Table{
		{w.people.Source.Table(), [][]any{
			{int64(1), "ann", int64(30), "Oslo"},
			{int64(2), "bob", int64(25), "Rome"},
			{int64(3), "cid", nil, "Oslo"},
			{int64(4), "dee", int64(41), nil},
		}},
		{w.visits.Source.Table(), [][]any{
			{int64(1), int64(1), 10.5},
			{int64(1), int64(2), 20.0},
			{int64(2), int64(1), 5.0},
			{int64(9), int64(3), 7.25},
		}},
	}
}

type people struct {
	expr.Table
	ID   expr.Int `col:"id,pk"`
	Name expr.String
	Age  expr.Int
	City expr.String
}

type visits struct {
	expr.Table
	Person expr.Int `references:"suite_people.id"`
	Day    expr.Int
	Cost   expr.Float
}

// world is what tests speak of.
type world struct {
	people people
	visits visits
	server Server
}

func newWorld(in string) *world {
	md := schema.NewMetaData(schema.DefaultSchema(in))
	return &world{people: expr.Declare(md, "suite_people", people{}), visits: expr.Declare(md, "suite_visits", visits{})}
}

// test is one of the suite.
type test struct {
	name string
	run  func(s *suite) error
}

// suite is a dialect on its server.
type suite struct {
	*world
	ctx     context.Context
	dialect compile.Dialect
	cache   *compile.Cache
}

// Run runs the suite: each test under a name of its own.
func Run(t *testing.T, d compile.Dialect, server Server) {
	known, cache := map[string]bool{}, compile.NewCache(d, 0)
	for _, test := range tests() {
		known[test.name] = true
		t.Run(test.name, func(t *testing.T) {
			s := newSuite(t.Context(), d, server)
			s.cache = cache
			if reason, ok := server.CompileOnly[test.name]; ok {
				t.Logf("compiled only: %s", reason)
				s.server.DB = nil
			}
			err := test.run(s)
			reason, excepted := server.Except[test.name]
			switch {
			case excepted && err == nil:
				t.Errorf("it does not fail, though it is excepted: %s", reason)
			case excepted:
				t.Logf("excepted: %s\n%v", reason, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
	for _, list := range []map[string]string{server.Except, server.CompileOnly} {
		for name := range list {
			if !known[name] {
				t.Errorf("there is no test %q to except", name)
			}
		}
	}
}

func newSuite(ctx context.Context, d compile.Dialect, server Server) *suite {
	w := newWorld(server.Schema)
	w.server = server
	return &suite{world: w, ctx: ctx, dialect: d, cache: compile.NewCache(d, 0)}
}

func tests() []test {
	var all []test
	for _, group := range [][]test{contractTests(), featureTests(), nameTests(), valueTests(), logicTests(), queryTests()} {
		all = append(all, group...)
	}
	return all
}

// question is a query and its answer.
type question struct {
	query   expr.Query
	rows    [][]any // of nil, bool, int64, float64, string, []byte, schema.Decimal, schema.CivilDate and time.Time
	ordered bool    // the rows come in this order
}

// ask compiles a query and, if there is a server, holds its rows against the answer, in every form.
func (s *suite) ask(q question) error {
	for _, in := range s.forms() {
		if err := s.answer(q, q.query, in); err != nil {
			return err
		}
	}
	return nil
}

// form is how a statement is sent.
type form func(*compile.Statement) (text string, args []any, err error)

// forms are those of the dialect: with values as literals and, if it can, with values beside the text.
func (s *suite) forms() []form {
	list := []form{func(st *compile.Statement) (string, []any, error) {
		text, err := st.SQL()
		return text, nil, err
	}}
	if _, binds := s.dialect.(compile.Binder); binds {
		list = append(list, func(st *compile.Statement) (string, []any, error) { return st.Bind() })
	}
	return list
}

func (s *suite) text(n expr.Node, in form) (text string, args []any, err error) {
	st, err := compile.Compile(s.dialect, n)
	if err != nil {
		return "", nil, fmt.Errorf("it does not compile: %w", err)
	}
	if text, args, err = in(st); err != nil {
		return "", nil, fmt.Errorf("%s: %w", st.Template(), err)
	}
	return text, args, s.cached(n, in, text, args)
}

// cached: a cache that has seen the statements of the tests before, and then this one, gives the same.
func (s *suite) cached(n expr.Node, in form, text string, args []any) error {
	for range 2 {
		st, err := s.cache.Compile(n)
		if err != nil {
			return fmt.Errorf("by a cache it does not compile: %w", err)
		}
		again, others, err := in(st)
		if err != nil {
			return fmt.Errorf("from a cache: %w", err)
		}
		if again != text || !slices.EqualFunc(args, others, func(a, b any) bool { return canonical(a) == canonical(b) }) {
			return fmt.Errorf("a cache gives\n%s with %v, want\n%s with %v", again, others, text, args)
		}
	}
	return nil
}

// answer holds the rows that a statement gives against the answer.
func (s *suite) answer(q question, n expr.Node, in form) error {
	text, args, err := s.text(n, in)
	if err != nil || s.server.DB == nil {
		return err
	}
	got, err := s.fetch(q.rows, text, args)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	if difference := compare(got, q.rows, q.ordered); difference != "" {
		return fmt.Errorf("%s\n%s", text, difference)
	}
	return nil
}

// fetch reads all rows, as values like those that are wanted.
func (s *suite) fetch(want [][]any, text string, args []any) (got [][]any, err error) {
	rows, err := s.server.DB.QueryContext(s.ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range row {
			if row[i], err = s.like(v, example(want, i)); err != nil {
				return nil, fmt.Errorf("column %d, %s: %w", i, columns[i], err)
			}
		}
		got = append(got, row)
	}
	return got, rows.Err()
}

// example is a value of a column that is not nil, if there is one.
func example(rows [][]any, column int) any {
	for _, row := range rows {
		if column < len(row) && row[column] != nil {
			return row[column]
		}
	}
	return nil
}
