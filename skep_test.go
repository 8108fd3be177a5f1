package skep_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

func Example() {
	e, err := engine.Open("hive://user@host:10000/default?dialect=spark&fetchSize=5000", engine.Config{PoolSize: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	fmt.Println("not connected yet, and speaks as", e.Dialect().Name())
	// Output: not connected yet, and speaks as spark
}

func Example_result() {
	ctx := context.Background()
	airlines := expr.T(schema.NewTable(schema.NewMetaData(), "airlines", schema.Col("name", schema.String)))
	name := expr.Col[expr.String](airlines, "name")
	q := expr.Select(name, fn.Count().As("flights"), expr.Null[expr.Float]().As("delay")).GroupBy(name)

	e, err := engine.Open("hive://user@host:10000/nyc", engine.Config{}) // with import _ "github.com/skep-go/skep"
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()

	res, err := e.Query(ctx, q)
	if err != nil {
		log.Fatal(err)
	}
	type airline struct {
		Name    string
		Flights int64
		Delay   *float64
	}
	busiest, err := engine.All[airline](ctx, res) // or Rows, FetchMany, Partitions, One, res.WriteCSV …
	fmt.Println(busiest, err)
}

func TestOpen(t *testing.T) {
	for url, want := range map[string]string{
		"hive://host":                                         "hive",
		"hive://host:10000/db?dialect=hive2.3":                "hive2.3",
		"hive://host/db?fetchSize=5&dialect=spark":            "spark",
		"hive://host/db?dialect=hive3.1&fetchSize=5":          "hive3.1",
		"hive://user:secret@host/db?hiveconf:x=%3Fdialect%3D": "hive",
	} {
		e, err := engine.Open(url, engine.Config{})
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := e.Dialect().Name(); got != want {
			t.Errorf("%s: got %s, want %s", url, got, want)
		}
		if got := e.URL(); got.Reveal() != url || strings.Contains(got.String(), "secret") {
			t.Errorf("%s: its URL is %s, shown as %s", url, got.Reveal(), got)
		}
		if err := e.Close(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := engine.Open("hive://host?dialect=hive9", engine.Config{}); !errors.As(err, new(*compile.RegistryError)) {
		t.Errorf("a dialect that is not known: %v", err)
	}
	if _, err := engine.Open("hive://host?fetchsise=5", engine.Config{}); !errors.As(err, new(*hive.ConfigError)) {
		t.Errorf("a parameter that is not known: %v", err)
	}
}

// TestConnectPlugins: Connect calls plug-ins before it asks the server.
func TestConnectPlugins(t *testing.T) {
	stopped, hosts := errors.New("stopped"), []string{}
	err := engine.RegisterPlugin("stop", func(u engine.URL, _ *engine.Config) (engine.URL, error) {
		hosts = append(hosts, u.Host)
		return u, stopped
	})
	if err != nil {
		t.Fatal(err)
	}
	for dsn, c := range map[string]engine.Config{
		"hive://host:1/db?plugin=stop": {},
		"hive://host:1/db":             {Plugins: []string{"stop"}},
		"jdbc:hive2://host:1/db":       {Plugins: []string{"stop"}},
	} {
		if _, err := skep.Connect(t.Context(), dsn, c); !errors.Is(err, stopped) {
			t.Errorf("%s: got %v, want the plug-in's error", dsn, err)
		}
	}
	if want := []string{"host:1", "host:1", "host:1"}; !slices.Equal(hosts, want) {
		t.Errorf("the plug-in was called for %q, want %q", hosts, want)
	}
	var config *hive.ConfigError
	if _, err := skep.Connect(t.Context(), "jdbc:hive2://host:1/db;nonsense=1", engine.Config{}); !errors.As(err, &config) {
		t.Errorf("a parameter that is not known: %v", err)
	}
}

func TestInspect(t *testing.T) {
	if _, err := skep.Inspect(engine.New(nil, compile.ANSI{}, engine.Options{})); err == nil {
		t.Error("an engine of another dialect: no error")
	}
	e, err := engine.Open("hive://host", engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if from, err := e.Inspector(); from == nil || err != nil {
		t.Errorf("got %v, %v", from, err)
	}
}

func ExampleInspect() {
	ctx := context.Background()
	e, err := engine.Open("hive://user@host:10000/nyc", engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	h, err := skep.Inspect(e)
	if err != nil {
		log.Fatal(err)
	}
	nyc := schema.NewMetaData(schema.DefaultSchema("nyc"))
	flights, err := schema.ReflectTable(ctx, nyc, h, "flights") // its columns are usable in expressions at once
	if err != nil {
		log.Fatal(err)
	}
	for p, err := range h.Partitions(ctx, "nyc", flights.Name) {
		fmt.Println(p.Name, p.Values, err)
	}
}
