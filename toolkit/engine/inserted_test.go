package engine_test

import (
	"database/sql/driver"
	"errors"
	"reflect"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestInserted: what a result tells of an INSERT, and what it says of what it cannot tell.
func TestInserted(t *testing.T) {
	flights := expr.T(schema.NewTable(nil, "flights", schema.Col("day", schema.String, schema.PK), schema.Col("n", schema.BigInt, schema.PK), schema.Col("carrier", schema.String)))
	day, n, carrier := expr.Col[expr.String](flights, "day"), expr.Col[expr.Int](flights, "n"), expr.Col[expr.String](flights, "carrier")
	bare := expr.Insert(expr.T(schema.NewTable(nil, "t", schema.Col("a", schema.BigInt))))
	p := compile.Params{"p": int64(3)}
	for name, tc := range map[string]struct {
		n      expr.Node
		params []compile.Params
		insert bool
		last   compile.Params
		key    []any
	}{
		"assignments":     {expr.Insert(flights).Set(n.To(1), day.To("mon")), nil, true, compile.Params{"n": int64(1), "day": "mon"}, []any{"mon", int64(1)}},
		"values":          {expr.Insert(flights).Columns(n, carrier).Values(1, "UA"), nil, true, compile.Params{"n": 1, "carrier": "UA"}, nil},
		"all columns":     {expr.Insert(flights).Values("mon", 2, nil), nil, true, compile.Params{"day": "mon", "n": 2, "carrier": nil}, []any{"mon", 2}},
		"a parameter":     {expr.Insert(flights).Set(expr.To(n, expr.Param[expr.Int]("p")), day.To("mon")), []compile.Params{p}, true, compile.Params{"p": int64(3), "n": int64(3), "day": "mon"}, []any{"mon", int64(3)}},
		"an expression":   {expr.Insert(flights).Set(expr.To(n, expr.Lit[expr.Int](1).Add(1)), day.To("mon")), nil, true, compile.Params{"day": "mon"}, nil},
		"two rows":        {expr.Insert(flights).Values("mon", 1, nil).Values("mon", 2, nil), nil, true, compile.Params{}, nil},
		"no key":          {bare.Values(1), nil, true, compile.Params{"a": 1}, nil},
		"with options":    {engine.Statement{Node: bare.Values(1)}, nil, true, compile.Params{"a": 1}, nil},
		"an update":       {expr.Update(flights).Set(expr.To(n, expr.Param[expr.Int]("p"))), []compile.Params{p}, false, p, nil},
		"a text":          {expr.Text("insert into t values (:p)"), []compile.Params{p}, false, p, nil},
		"rows of selects": {expr.Insert(flights).FromSelect(expr.Select(day, n, carrier)), nil, true, compile.Params{}, nil},
	} {
		_, e := serverWith(t, engine.Config{})
		r, err := e.Exec(t.Context(), tc.n, tc.params...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.IsInsert() != tc.insert || !reflect.DeepEqual(r.LastParams(), tc.last) {
			t.Errorf("%s: an insert: %v, of %v; want %v, %v", name, r.IsInsert(), r.LastParams(), tc.insert, tc.last)
		}
		key, err := r.InsertedKey()
		if !reflect.DeepEqual(key, tc.key) || tc.key == nil && !errors.Is(err, compile.ErrUnsupported) {
			t.Errorf("%s: the key is %v, %v; want %v", name, key, err, tc.key)
		}
	}
}

func TestLastInsertID(t *testing.T) {
	_, e := serverWith(t, engine.Config{})
	r, err := e.Exec(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.LastInsertID(); !errors.Is(err, compile.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
	if r, err = e.Query(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if _, err := r.LastInsertID(); !errors.Is(err, compile.ErrUnsupported) {
		t.Errorf("of a query: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	frozen, err := engine.NewFrozen(nil)
	if err != nil {
		t.Fatal(err)
	}
	r = frozen.Result()
	_, keyErr := r.InsertedKey()
	_, idErr := r.LastInsertID()
	if keyErr == nil || idErr == nil || r.IsInsert() || r.LastParams() != nil {
		t.Errorf("of no statement: %v, %v, %v, %v", keyErr, idErr, r.IsInsert(), r.LastParams())
	}
}

// keeper is a session that keeps what programs remember.
type keeper struct {
	fakeConn
	info map[any]any
}

func (k *keeper) Info() map[any]any { return k.info }

// TestInfo: what is remembered lasts as long as the session, or as the connection.
func TestInfo(t *testing.T) {
	for name, tc := range map[string]struct {
		keeps  bool
		detach bool
		want   any // what the next one finds
	}{"kept": {true, false, 1}, "kept, detached": {true, true, nil}, "not kept": {false, false, nil}} {
		s := &server{}
		db := poolOf(t, s)
		if tc.keeps {
			db = poolOfKeepers(t, s)
		}
		db.SetMaxOpenConns(1)
		e := engine.New(db, compile.ANSI{}, engine.Options{})
		var found any
		for range 2 {
			err := e.Do(t.Context(), func(c *engine.Conn) error {
				info, err := c.Info()
				if err != nil {
					return err
				}
				found = info["x"]
				info["x"] = 1
				again, err := c.With(engine.Options{}).Info()
				if again["x"] != 1 {
					t.Errorf("%s: another view finds %v", name, again)
				}
				if tc.detach {
					c.Detach()
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if found != tc.want {
			t.Errorf("%s: the next one finds %v, want %v", name, found, tc.want)
		}
	}
	c, err := engine.Mock(compile.ANSI{}, &nowhere{}).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := c.Info(); err != nil || info == nil {
		t.Errorf("of a script: %v, %v", info, err)
	}
	if c.Dialect() != (compile.ANSI{}) || c.Closed() {
		t.Errorf("the dialect is %v, closed: %v", c.Dialect(), c.Closed())
	}
	if err := c.Close(); err != nil || !c.Closed() {
		t.Errorf("closed: %v, %v", c.Closed(), err)
	}
	_, e := serverWith(t, engine.Config{})
	if c, err = e.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Info(); !errors.Is(err, engine.ErrConnClosed) {
		t.Errorf("after Close: %v", err)
	}
}

type nowhere struct{}

func (*nowhere) Write(p []byte) (int, error) { return len(p), nil }

var _ driver.QueryerContext = (*keeper)(nil)
