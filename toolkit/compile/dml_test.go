package compile

import (
	"context"
	"errors"
	"testing"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

var Stock = expr.Declare(schema.NewMetaData(), "stock", struct {
	expr.Table
	ID    expr.Int     `col:"id,pk"`
	Name  expr.String  `col:"name"`
	Price expr.Decimal `type:"decimal(9,2)" col:"price"`
}{})

var News = expr.Declare(schema.NewMetaData(), "news", struct {
	expr.Table
	ID    expr.Int `col:"id"`
	Name  expr.String
	Price expr.Decimal `type:"decimal(9,2)"`
	Gone  expr.Bool
}{})

// audited has defaults of every sort.
var audited = expr.T(schema.NewTable(nil, "audited",
	schema.Col("id", schema.BigInt),
	schema.Col("state", schema.String, schema.Default("new")),
	schema.Col("at", schema.Timestamp, schema.DefaultExpr("CURRENT_TIMESTAMP"), schema.OnUpdate(schema.DefaultExpr("CURRENT_TIMESTAMP"))),
	schema.Col("serial", schema.BigInt, schema.DefaultFunc(counter())),
))

func counter() func(context.Context) (any, error) {
	n := int64(0)
	return func(context.Context) (any, error) { n++; return n, nil }
}

func TestChange(t *testing.T) {
	id := audited.C("id")
	news := expr.Select(News.ID, News.Name).Where(News.Gone.Eq(false))
	for _, tc := range []struct {
		name string
		stmt expr.Node
		want string
	}{
		{
			"insert assignments", expr.Insert(Stock).Set(Stock.ID.To(1), Stock.Name.To("it's")),
			"INSERT INTO stock (id, name) VALUES (1, 'it''s')",
		},
		{
			"insert rows of assignments", expr.Insert(Stock).Set(Stock.ID.To(1), Stock.Name.To("a")).Set(Stock.Name.ToNull(), Stock.ID.To(2)),
			"INSERT INTO stock (id, name) VALUES (1, 'a'), (2, NULL)",
		},
		{
			"insert values", expr.Insert(Stock).Columns(Stock.Name, Stock.ID).Values("a", 1).Values(nil, expr.Lit[expr.Int](2).Add(1)),
			"INSERT INTO stock (name, id) VALUES ('a', 1), (NULL, 2 + 1)",
		},
		{
			"insert values of all columns", expr.Insert(Stock).Values(1, "a", schema.Decimal("9.50")),
			"INSERT INTO stock (id, name, price) VALUES (1, 'a', 9.50)",
		},
		{
			"insert maps", expr.Insert(Stock).Maps(map[string]any{"name": "a", "id": 1}, map[string]any{"id": 2, "name": nil}),
			"INSERT INTO stock (id, name) VALUES (1, 'a'), (2, NULL)",
		},
		{
			"insert structs", expr.InsertStructs(Stock, struct {
				ID    int
				Title *string `col:"name"`
				Note  string  `col:"-"`
			}{ID: 1}),
			"INSERT INTO stock (id, name) VALUES (1, NULL)",
		},
		{
			"insert a query", expr.Insert(Stock).Columns(Stock.ID, Stock.Name).FromSelect(news),
			"INSERT INTO stock (id, name) SELECT news.id, news.name FROM news WHERE news.gone = FALSE",
		},
		{
			"insert from the table itself", expr.Insert(Stock).FromSelect(expr.Select(Stock)),
			"INSERT INTO stock (id, name, price) SELECT stock.id, stock.name, stock.price FROM stock",
		},
		{
			"insert a query with a common table", expr.Insert(Stock).Columns(Stock.ID, Stock.Name).FromSelect(expr.Select(news.CTE("n"))),
			"WITH n AS (SELECT news.id, news.name FROM news WHERE news.gone = FALSE) INSERT INTO stock (id, name) SELECT n.id, n.name FROM n",
		},
		{
			"insert into a table without a schema", expr.Insert(expr.Name("db", "t")).Values(1, "a"),
			"INSERT INTO db.t VALUES (1, 'a')",
		},
		{
			"insert defaults of the database", expr.Insert(Stock).DefaultValues(),
			"INSERT INTO stock DEFAULT VALUES",
		},
		{
			"insert defaults of the program", expr.Insert(audited).Columns(id).Values(7).Values(8),
			"INSERT INTO audited (id, state, \"at\", serial) VALUES (7, 'new', CURRENT_TIMESTAMP, 1), (8, 'new', CURRENT_TIMESTAMP, 2)",
		},
		{
			"insert nothing but defaults of the program", expr.Insert(audited).DefaultValues(),
			"INSERT INTO audited (state, \"at\", serial) VALUES ('new', CURRENT_TIMESTAMP, 3)",
		},
		{
			"insert a query with defaults", expr.Insert(audited).Columns(id, audited.C("serial")).FromSelect(expr.Select(News.ID, fn.Count()).GroupBy(News.ID)),
			"INSERT INTO audited (id, serial, state, \"at\") SELECT news.id, count(*), 'new', CURRENT_TIMESTAMP FROM news GROUP BY news.id",
		},
		{
			"insert a union with defaults", expr.Insert(audited).Columns(id, audited.C("serial")).
				FromSelect(expr.UnionAll(expr.Select(News.ID, News.ID), expr.Select(Stock.ID, Stock.ID))),
			"INSERT INTO audited (id, serial, state, \"at\") SELECT anon_1.id, anon_1.id_1, 'new', CURRENT_TIMESTAMP FROM " +
				"(SELECT news.id, news.id AS id_1 FROM news UNION ALL SELECT stock.id, stock.id AS id_1 FROM stock) AS anon_1",
		},
		{
			"update", expr.Update(Stock).Set(expr.To(Stock.Price, expr.Mul(Stock.Price, Stock.Price)), Stock.Name.To("a")).Where(Stock.ID.Eq(1), Stock.Name.IsNull()),
			"UPDATE stock SET price = price * price, name = 'a' WHERE id = 1 AND name IS NULL",
		},
		{
			"update with a default", expr.Update(audited).Set(expr.Col[expr.String](audited, "state").To("old")),
			"UPDATE audited SET state = 'old', \"at\" = CURRENT_TIMESTAMP",
		},
		{
			"update correlated", expr.Update(Stock).Set(expr.To(Stock.Name, expr.Scalar[expr.String](expr.Select(News.Name).Where(expr.Eq(News.ID, Stock.ID))))),
			"UPDATE stock SET name = (SELECT news.name FROM news WHERE news.id = stock.id)",
		},
		{
			"update from", expr.Update(Stock).Set(expr.To(Stock.Name, News.Name)).From(News).Where(expr.Eq(Stock.ID, News.ID), News.Gone.Eq(false)),
			"MERGE INTO stock USING news ON stock.id = news.id AND news.gone = FALSE WHEN MATCHED THEN UPDATE SET name = news.name",
		},
		{
			"delete", expr.Delete(Stock).Where(Stock.ID.In(1, 2)),
			"DELETE FROM stock WHERE id IN (1, 2)",
		},
		{
			"delete all", expr.Delete(Stock), "DELETE FROM stock",
		},
		{
			"delete under an alias", func() expr.Node {
				s := expr.Alias(Stock, "s")
				return expr.Delete(s).Where(expr.Exists(expr.Select(News).Where(expr.Eq(News.ID, s.ID))))
			}(),
			"DELETE FROM stock WHERE EXISTS (SELECT news.id, news.name, news.price, news.gone FROM news WHERE news.id = stock.id)",
		},
		{
			"delete using", expr.Delete(Stock).Using(News).Where(expr.Eq(Stock.ID, News.ID), News.Gone.Eq(true)),
			"MERGE INTO stock USING news ON stock.id = news.id AND news.gone = TRUE WHEN MATCHED THEN DELETE",
		},
		{
			"merge", expr.Merge(Stock, News, expr.Eq(Stock.ID, News.ID)).
				WhenMatched(News.Gone.Eq(true)).Delete().
				WhenMatched(expr.Or(News.Price.Gt("1"), News.Price.IsNull())).Update(expr.To(Stock.Price, News.Price)).
				WhenNotMatched().Insert(expr.To(Stock.ID, News.ID), Stock.Name.To("new")),
			"MERGE INTO stock USING news ON stock.id = news.id WHEN MATCHED AND news.gone = TRUE THEN DELETE " +
				"WHEN MATCHED AND (news.price > 1 OR news.price IS NULL) THEN UPDATE SET price = news.price " +
				"WHEN NOT MATCHED THEN INSERT (id, name) VALUES (news.id, 'new')",
		},
		{
			"text", expr.Text(`SELECT ':a', x FROM t WHERE a = :a AND b = :ab -- :a`+"\n"+`AND c IN :c AND d IN (:c) AND e = \:a`,
				expr.P("ab", "x"), expr.P("a", 1), expr.P("c", []int64{1, 2})),
			`SELECT ':a', x FROM t WHERE a = 1 AND b = 'x' -- :a` + "\n" + `AND c IN (1, 2) AND d IN (1, 2) AND e = :a`,
		},
		{
			"text within", func() expr.Node {
				src := expr.Text("SELECT id, n FROM x WHERE m = :m", expr.P("m", 6)).
					Columns(schema.Col("id", schema.BigInt), schema.Col("n", schema.BigInt)).Subquery("s")
				return expr.Select(src, expr.TextOf[expr.Int]("n << :by", expr.P("by", -1)).Add(1)).From(src)
			}(),
			"SELECT s.id, s.n, (n << -1) + 1 FROM (SELECT id, n FROM x WHERE m = 6) AS s",
		},
		{
			"text in from", expr.Select(expr.Text("unnest(:a)", expr.P("a", "x")).As("u")), "SELECT * FROM unnest('x') AS u",
		},
		{
			"text of a value that would be a comment", expr.Text("SELECT 1 -:n", expr.P("n", -1)), "SELECT 1 - -1",
		},
	} {
		st, err := Compile(ANSI{}, tc.stmt)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if got, err := st.SQL(); got != tc.want || err != nil {
			t.Errorf("%s, error %v\n got %s\nwant %s", tc.name, err, got, tc.want)
		}
	}
}

func TestChangeRefused(t *testing.T) {
	on := expr.Eq(Stock.ID, News.ID)
	for _, tc := range []struct {
		name string
		stmt expr.Node
		want string
	}{
		{"no rows", expr.Insert(Stock), "ansi: insert: there is nothing to insert: give rows, FromSelect or DefaultValues"},
		{"number of values", expr.Insert(Stock).Columns(Stock.ID).Values(1, 2), "ansi: insert.row[0]: 2 values for 1 columns"},
		{"number of columns", expr.Insert(Stock).FromSelect(expr.Select(News.ID)), "ansi: insert: the query gives 1 columns for 3"},
		{"unknown column", expr.Insert(Stock).Maps(map[string]any{"nme": 1}), `ansi: insert.columns[0]: stock has no column "nme"; it has id, name, price`},
		{"of another table", expr.Insert(Stock).Set(News.ID.To(1)), `ansi: insert.columns[0]: column "id" is of news, not of stock`},
		{"twice", expr.Insert(Stock).Columns(Stock.ID, Stock.ID).Values(1, 2), `ansi: insert.columns[1]: column "id" is there twice`},
		{"no column", expr.Insert(Stock).Columns(Stock.ID.Add(1)).Values(1), "ansi: insert.columns[0]: an expression that is no column cannot be given a value"},
		{"rows differ", expr.Insert(Stock).Set(Stock.ID.To(1)).Set(Stock.Name.To("a")), `ansi: insert.row[1]: column "name" is not one of the first row's`},
		{"a value lacks", expr.Insert(Stock).Set(Stock.ID.To(1), Stock.Name.To("b")).Set(Stock.Name.To("a")), `ansi: insert.row[1]: there is no value for column "id", which the first row has`},
		{"rows and a query", expr.Insert(Stock).Values(1, "a", nil).FromSelect(expr.Select(Stock)), "ansi: insert: rows, a query and DefaultValues exclude each other"},
		{"returning", expr.Insert(Stock).Values(1, "a", nil).Returning(Stock.ID), "ansi: insert: ansi does not have RETURNING; read the rows back"},
		{"into a query", expr.Insert(expr.Select(Stock.ID).Subquery("s")).Values(1), "ansi: insert: s is not a table, and cannot be changed"},
		{"no assignment", expr.Update(Stock).Where(Stock.ID.Eq(1)), "ansi: update: there is nothing to update: give assignments by Set"},
		{"update of another table", expr.Update(Stock).Set(News.Name.To("a")), `ansi: update.columns[0]: column "name" is of news, not of stock`},
		{"update from two", expr.Update(Stock).Set(Stock.Name.To("a")).From(News, expr.Alias(News, "n")).Where(on), "ansi: update: it becomes a MERGE, which has one source; join them in a query, and give its Subquery"},
		{"update from without a condition", expr.Update(Stock).Set(Stock.Name.To("a")).From(News), "ansi: update: it becomes a MERGE, which needs the condition by which rows match; give it with Where"},
		{"hidden by the table itself", func() expr.Node {
			s := expr.Alias(Stock, "s")
			return expr.Delete(s).Where(expr.Exists(expr.Select(Stock.ID).From(Stock).Where(expr.Eq(Stock.ID, s.ID))))
		}(), `ansi: delete.where.exists.select.where.=[1]: column "id" is of a source around this query, and one within it has its name "stock"; give that one another alias`},
		{"nothing to merge", expr.Merge(Stock, News, on), "ansi: merge: there is nothing to do: give WhenMatched or WhenNotMatched"},
		{"text without its parameter", expr.Text("SELECT 1", expr.P("a", 1)), "ansi: text: the text has no parameter :a, or it is given twice"},
		{"text that does not end", expr.Text("SELECT 'a"), `ansi: text: what begins with "'" in the text never ends`},
	} {
		_, err := Compile(ANSI{}, tc.stmt)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s:\n got %v\nwant %s", tc.name, err, tc.want)
		}
	}
}

func TestTextParams(t *testing.T) {
	st, err := Compile(ANSI{}, expr.Text("SELECT * FROM t WHERE a IN :list AND b = :b"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := st.SQL(Params{"list": []string{"x", ":b"}, "b": []byte{1}})
	if want := "SELECT * FROM t WHERE a IN ('x', ':b') AND b = X'01'"; got != want || err != nil {
		t.Errorf("got %s, error %v, want %s", got, err, want)
	}
	var argument *ArgumentError
	if _, err := st.SQL(Params{"list": []string{}, "b": 1}); !errors.As(err, &argument) {
		t.Errorf("an empty list: got %v, want an ArgumentError", err)
	}
	var missing *ParamError
	if _, err := st.SQL(Params{"list": 1}); !errors.As(err, &missing) || missing.Name != "b" {
		t.Errorf("no :b: got %v, want a ParamError", err)
	}
}

func TestResolve(t *testing.T) {
	st, err := NewCache(ANSI{}, 0).Compile(expr.Insert(audited).Columns(audited.C("id"), audited.C("state")).Values(1, "a"))
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := st.Resolve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, _ := fixed.SQL()
	if again, _ := fixed.SQL(); again != first {
		t.Errorf("a resolved statement changes: %s, then %s", first, again)
	}
	other, _ := st.SQL()
	if other == first {
		t.Errorf("a value was made once for two executions: %s", other)
	}
}
