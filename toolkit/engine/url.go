package engine

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// URL says where a server is, and how it is reached: scheme://user:password@host/database?key=value. It is what [Open]
// takes, in its parts, as they are without any escape. A URL is a value: who changes a copy does not change the others.
//
// As a text it hides what is secret, wherever it is printed or logged; [URL.Reveal] does not.
type URL struct {
	Scheme   string // the name of an [Opener]
	User     string
	Password string
	Host     string // with its port, as "localhost:10000"; what several look like is the driver's business
	Database string // what stands behind the host and a slash

	query []parameter
}

type parameter struct{ key, value string }

// ParseURL reads the text of a URL. The error is a [*URLError], which shows no part of the text.
func ParseURL(text string) (URL, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return URL{}, &URLError{"scheme", "there is none: begin with one, as in scheme://host"}
	}
	u := URL{Scheme: strings.ToLower(scheme)}
	rest, query, _ := strings.Cut(rest, "?")
	authority, database, _ := strings.Cut(rest, "/")
	at := strings.LastIndexByte(authority, '@')
	u.Host = authority[at+1:]
	user, password, _ := strings.Cut(authority[:max(at, 0)], ":")
	for _, part := range []struct {
		name, text string
		to         *string
	}{{"user", user, &u.User}, {"password", password, &u.Password}, {"database", database, &u.Database}} {
		var err error
		if *part.to, err = url.PathUnescape(part.text); err != nil {
			return URL{}, &URLError{part.name, badEscape}
		}
	}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, keyErr := url.QueryUnescape(key)
		value, valueErr := url.QueryUnescape(value)
		if keyErr != nil || valueErr != nil {
			return URL{}, &URLError{"query", badEscape}
		}
		u.query = append(u.query, parameter{key, value})
	}
	return u, nil
}

const badEscape = "a % without two hexadecimal digits; write % as %25"

// URLError is a text that is no URL.
type URLError struct {
	Part   string // in which the fault is
	Reason string
}

func (e *URLError) Error() string { return "engine: URL: " + e.Part + ": " + e.Reason }

// Query is a copy of the parameters behind the question mark.
func (u URL) Query() url.Values {
	query := url.Values{}
	for _, p := range u.query {
		query.Add(p.key, p.value)
	}
	return query
}

// WithQuery is the URL with these values of a parameter and no others; no values take the parameter out.
func (u URL) WithQuery(key string, values ...string) URL {
	u.query = slices.DeleteFunc(slices.Clone(u.query), func(p parameter) bool { return p.key == key })
	for _, v := range values {
		u.query = append(u.query, parameter{key, v})
	}
	return u
}

// String is the text of the URL, in which xxxxx stands for the password, and for each parameter whose name tells of a
// secret.
func (u URL) String() string { return u.text(hidden) }

// GoString hides what String does.
func (u URL) GoString() string { return u.String() }

// MarshalText hides what String does, in JSON and in logs.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Reveal is the whole text, with what is secret: what Open takes.
func (u URL) Reveal() string { return u.text(func(secret string) string { return secret }) }

func hidden(string) string { return "xxxxx" }

func (u URL) text(secret func(string) string) string {
	var b strings.Builder
	b.WriteString(u.Scheme + "://")
	if u.User != "" || u.Password != "" {
		b.WriteString(escaped(u.User, ""))
		if u.Password != "" {
			b.WriteString(":" + secret(escaped(u.Password, "")))
		}
		b.WriteByte('@')
	}
	b.WriteString(u.Host)
	if u.Database != "" {
		b.WriteString("/" + escaped(u.Database, "/:"))
	}
	between := "?"
	for _, p := range u.query {
		value := escaped(p.value, "/:,")
		if tellsSecret(p.key) {
			value = secret(value)
		}
		b.WriteString(between + escaped(p.key, ":") + "=" + value)
		between = "&"
	}
	return b.String()
}

// tellsSecret reports whether a parameter's name sounds like that of a secret. It rather hides too much.
func tellsSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "passwd", "secret", "token", "credential", "key"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

// escaped is a text with each byte percent-escaped that is neither unreserved (RFC 3986) nor in keep.
func escaped(text, keep string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(unreserved, text[i]) >= 0 || strings.IndexByte(keep, text[i]) >= 0 {
			b.WriteByte(text[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", text[i])
		}
	}
	return b.String()
}
