package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/engine"
)

func TestParseURL(t *testing.T) {
	for _, tc := range []struct {
		text   string
		want   engine.URL // without a query
		query  string     // of url.Values
		hidden string     // "" if it is the text
	}{
		{"db://", engine.URL{Scheme: "db"}, "", ""},
		{"DB://host", engine.URL{Scheme: "db", Host: "host"}, "", "db://host"},
		{"db://host:1,other:2/sales", engine.URL{Scheme: "db", Host: "host:1,other:2", Database: "sales"}, "", ""},
		{"db://ann@host", engine.URL{Scheme: "db", User: "ann", Host: "host"}, "", ""},
		{
			"db://ann:s3%40cret%2F%3F@host/d%C3%A9p",
			engine.URL{Scheme: "db", User: "ann", Password: "s3@cret/?", Host: "host", Database: "dép"},
			"", "db://ann:xxxxx@host/d%C3%A9p",
		},
		{"db://:s3cret@host", engine.URL{Scheme: "db", Password: "s3cret", Host: "host"}, "", "db://:xxxxx@host"},
		{"db:///path/to.db", engine.URL{Scheme: "db", Database: "path/to.db"}, "", ""},
		{"db:////path/to.db", engine.URL{Scheme: "db", Database: "/path/to.db"}, "", ""},
		{"db://host?a=1&b=x%26y&a=2", engine.URL{Scheme: "db", Host: "host"}, "a=1&a=2&b=x%26y", ""},
		{"db://host?conf:x.y=a,b:/c&&", engine.URL{Scheme: "db", Host: "host"}, "conf%3Ax.y=a%2Cb%3A%2Fc", "db://host?conf:x.y=a,b:/c"},
		{"db://host?a=b+c", engine.URL{Scheme: "db", Host: "host"}, "a=b+c", "db://host?a=b%20c"},
		{"db://host?trustStorePassword=s3cret&jwtToken=s3cret", engine.URL{Scheme: "db", Host: "host"}, "jwtToken=s3cret&trustStorePassword=s3cret", "db://host?trustStorePassword=xxxxx&jwtToken=xxxxx"},
	} {
		got, err := engine.ParseURL(tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		if query := got.Query().Encode(); query != tc.query {
			t.Errorf("%s: the query is %s, want %s", tc.text, query, tc.query)
		}
		bare := got
		for key := range got.Query() {
			bare = bare.WithQuery(key)
		}
		if fmt.Sprintf("%q", []string{bare.User, bare.Password, bare.Host, bare.Database}) != fmt.Sprintf("%q", []string{tc.want.User, tc.want.Password, tc.want.Host, tc.want.Database}) {
			t.Errorf("%s: got %s, want %s", tc.text, bare.Reveal(), tc.want.Reveal())
		}
		if tc.hidden == "" {
			tc.hidden = tc.text
		}
		if got.String() != tc.hidden {
			t.Errorf("%s: shown as %s, want %s", tc.text, got, tc.hidden)
		}
	}
	for _, text := range []string{"", "s3cret", "db://ann:s3cret%@host", "db://s3cret%zz@host", "db://host/s3cret%", "db://host?s3cret=%", "db://host?%=s3cret"} {
		var refused *engine.URLError
		if _, err := engine.ParseURL(text); !errors.As(err, &refused) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: got %v, want a *URLError that shows nothing of it", text, err)
		}
	}
}

// TestURLChanges: a URL is a value.
func TestURLChanges(t *testing.T) {
	u := engine.URL{Scheme: "db", User: "ann", Password: "s3cret", Host: "host", Database: "sales"}.WithQuery("a", "1").WithQuery("b", "2")
	other := u.WithQuery("a", "3", "4").WithQuery("b").WithQuery("c", "5")
	other.Database = "test"
	for _, tc := range []struct{ got, want string }{
		{u.Reveal(), "db://ann:s3cret@host/sales?a=1&b=2"},
		{u.String(), "db://ann:xxxxx@host/sales?a=1&b=2"},
		{other.Reveal(), "db://ann:s3cret@host/test?a=3&a=4&c=5"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
	u.Query().Set("a", "changed")
	if got := u.Query().Get("a"); got != "1" {
		t.Errorf("who changes the copy of the query changes the URL: a is %s", got)
	}
}

// TestURLHides: no way of printing a URL shows its password.
func TestURLHides(t *testing.T) {
	u, err := engine.ParseURL("db://ann:s3cret@host?token=s3cret")
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(struct{ URL engine.URL }{u})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("open", "url", u)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("open", "url", u)
	for _, text := range []string{
		string(asJSON), log.String(), fmt.Sprint(u), fmt.Sprintf("%v %+v %#v %s", u, u, u, &u), fmt.Sprintf("%+v", struct{ U engine.URL }{u}),
	} {
		if strings.Contains(text, "s3cret") || !strings.Contains(text, "ann:xxxxx@host") {
			t.Errorf("got %s", text)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, text := range []string{"db://ann:s3cret@host:1/sales?a=1&b=%20", "db:////path", "db://a@b@c//?=&=&", "db://%41:%42@c/%2F?%43=%44"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := engine.ParseURL(text)
		if err != nil {
			return
		}
		again, err := engine.ParseURL(u.Reveal())
		if err != nil || !reflect.DeepEqual(again, u) {
			t.Fatalf("%q\n is %q\nthen %q, %v", text, u.Reveal(), again.Reveal(), err)
		}
	})
}
