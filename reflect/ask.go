package hivereflect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// asker asks in a session.
type asker struct {
	*HiveServer
	session *hive.Session
}

// row is a row of texts.
type row struct {
	columns []hive.Column
	cells   []*string // nil for NULL
}

// get is the text of a column, "" for NULL or if there is no such column.
func (r row) get(column string) string {
	for i, c := range r.columns {
		if strings.EqualFold(c.Name, column) {
			return r.at(i)
		}
	}
	return ""
}

func (r row) at(i int) string {
	if i >= len(r.cells) || r.cells[i] == nil {
		return ""
	}
	return *r.cells[i]
}

// ask executes a statement for its rows.
func (a *asker) ask(ctx context.Context, n expr.Node, o hive.Options) ([]row, error) {
	rows, err := a.query(ctx, n, o)
	return whole(ctx, rows, err)
}

func (a *asker) query(ctx context.Context, n expr.Node, o hive.Options) (*hive.Rows, error) {
	st, err := compile.Compile(a.dialect, n)
	if err != nil {
		return nil, err
	}
	text, err := st.SQL()
	if err != nil {
		return nil, err
	}
	return a.session.Query(ctx, text, o)
}

// whole reads a result to its end.
func whole(ctx context.Context, rows *hive.Rows, err error) (list []row, _ error) {
	err = each(ctx, rows, err, func(r row) { list = append(list, r) })
	return list, err
}

// each hands out a result, row by row.
func each(ctx context.Context, rows *hive.Rows, err error, use func(row)) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close(context.WithoutCancel(ctx)) }() // what was read is whole, or the error is that of the reading
	for b, err := range rows.Batches(ctx) {
		if err != nil {
			return err
		}
		for i := range b.Len() {
			r, err := rowOf(b, i)
			if err != nil {
				return err
			}
			use(r)
		}
	}
	return nil
}

func rowOf(b *hive.Batch, i int) (row, error) {
	r := row{columns: b.Columns(), cells: make([]*string, len(b.Columns()))}
	for c := range r.columns {
		v, err := b.Value(i, c)
		if err != nil {
			return row{}, err
		}
		if v != nil {
			text := fmt.Sprint(v)
			r.cells[c] = &text
		}
	}
	return r, nil
}

func (a *asker) defaultSchema(ctx context.Context) (string, error) {
	rows, err := a.session.Query(ctx, "SELECT current_database()", hive.Options{})
	list, err := whole(ctx, rows, err)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].at(0), nil
}

// schemas lists those whose names match a pattern, and maybe others. Spark is asked by a statement: its calls answer from an
// empty catalog in sessions that were opened at the same time as others.
func (a *asker) schemas(ctx context.Context, pattern string) (names []string, err error) {
	var list []row
	if a.spark() {
		list, err = a.ask(ctx, dialect.ShowDatabases(), hive.Options{})
	} else {
		rows, failed := a.session.Schemas(ctx, pattern)
		list, err = whole(ctx, rows, failed)
	}
	if err != nil {
		return nil, a.failure("", "", err)
	}
	for _, r := range list {
		names = append(names, r.at(0))
	}
	return names, nil
}

// exists asks whether there is a schema.
func (a *asker) exists(ctx context.Context, name string) error {
	names, err := a.schemas(ctx, hive.EscapePattern(name))
	if err != nil {
		return err
	}
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return nil
		}
	}
	return &schema.NoSchemaError{Schema: name}
}

// homes are the folders in which a database puts its tables. A user who may not see them does without.
func (a *asker) homes(ctx context.Context, in string) ([]string, error) {
	if in == "" {
		var err error
		if in, err = a.defaultSchema(ctx); err != nil {
			return nil, err
		}
	}
	rows, err := a.ask(ctx, dialect.DescribeDatabase(in), hive.Options{})
	if err != nil {
		if err = a.failure(in, "", err); errors.As(err, new(*PermissionError)) {
			return nil, nil
		}
		return nil, err
	}
	var list []string
	for _, r := range rows {
		if a.spark() { // which answers in rows of a name and a value
			if r.at(0) == "Location" {
				list = append(list, r.at(1))
			}
			continue
		}
		for _, column := range []string{"location", "managedLocation"} {
			if v := r.get(column); v != "" {
				list = append(list, v)
			}
		}
	}
	return list, nil
}

// Codes of org.apache.hadoop.hive.ql.ErrorMsg, and Spark's states in their place.
const (
	invalidTable      = 10001
	databaseNotExists = 10072
	stateNoTable      = "42S02"
	stateNoRelation   = "42P01" // Spark, of a table whose schema is missing, too
	stateNoObject     = "42704" // Spark, of a schema
	stateNoPrivilege  = "42501"
)

// failure gives an error of the server its type.
func (a *asker) failure(in, name string, err error) error {
	var e *hive.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Code == databaseNotExists, e.SQLState == stateNoObject:
		return &schema.NoSchemaError{Schema: in, Err: err}
	case e.Code == invalidTable, e.SQLState == stateNoTable, e.SQLState == stateNoRelation:
		return &schema.NoTableError{Schema: in, Name: name, Err: err}
	case deniedByServer(e):
		what := "see schema " + in
		if name != "" {
			what = fmt.Sprintf("see table %q in schema %q", name, in)
		}
		return &PermissionError{User: a.session.Config().User, What: what, Err: err}
	}
	return err
}

// deniedByServer: Hive's code of a refusal is that of any error in a statement (40000), but the message names the exception:
// HiveAccessControlException, org.apache.hadoop.security.AccessControlException or AuthorizationException.
func deniedByServer(e *hive.Error) bool {
	return e.SQLState == stateNoPrivilege || strings.Contains(e.Message, "AccessControlException") ||
		strings.Contains(e.Message, "AuthorizationException")
}
