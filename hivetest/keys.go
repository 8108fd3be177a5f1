package hivetest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The files of a folder of keys.
const (
	keyStoreFile = "server.p12"
	certFile     = "server.pem"
	signerFile   = "jwt.pem"
	jwksFile     = "jwks.json"
)

const keyStorePassword = "changeit"

// makeKeys makes the servers' certificate and the key that signs tokens. They are the same for all servers of a store,
// and of no value elsewhere.
func (s *store) makeKeys(ctx context.Context, j *jdk) (string, error) {
	return s.once(ctx, "keys-1", func(out, _ string) error {
		keytool := func(args ...string) error {
			args = append(args, "-alias", "server", "-keystore", filepath.Join(out, keyStoreFile), "-storepass", keyStorePassword)
			return runTool(ctx, exec.CommandContext(ctx, j.keytool, args...))
		}
		err := keytool("-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-validity", "3650", "-storetype", "PKCS12",
			"-dname", "CN=localhost", "-ext", "SAN=dns:localhost,ip:127.0.0.1")
		if err == nil {
			err = keytool("-exportcert", "-rfc", "-file", filepath.Join(out, certFile))
		}
		if err != nil {
			return fmt.Errorf("hivetest: making a certificate: %w", err)
		}
		return makeSigner(out)
	})
}

// makeSigner makes a key, and its public half as the JSON Web Key Set (RFC 7517) that Hive reads.
func makeSigner(dir string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	set := map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
		"n": encode(key.N.Bytes()),
		"e": encode(binary.BigEndian.AppendUint32(nil, uint32(key.E))[1:]), // 65537, in three bytes
	}}}
	text, err := json.Marshal(set)
	if err != nil {
		return err
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return errors.Join(
		os.WriteFile(filepath.Join(dir, jwksFile), text, 0o600),
		os.WriteFile(filepath.Join(dir, signerFile), private, 0o600),
	)
}

const keyID = "skep"

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// CAFile returns the name of a PEM file with the certificate of TLSAddr, or "".
func (s *Server) CAFile() string {
	if s.state.Keys == "" {
		return ""
	}
	return filepath.Join(s.state.Keys, certFile)
}

// JWKSURL returns where the public key of the tokens of JWT is, for another server that shall take them, or "".
func (s *Server) JWKSURL() string {
	if s.addr(svcJWKS) == "" {
		return ""
	}
	return "http://" + s.addr(svcJWKS) + "/"
}

// JWT returns a token by which JWTAddr knows a user, and which is valid for the given time from now on. A negative one
// makes a token that has expired; Hive grants a minute.
func (s *Server) JWT(user string, valid time.Duration) (string, error) {
	if s.state.Keys == "" {
		return "", errors.New("hivetest: this server has no keys to sign a token with")
	}
	text, err := os.ReadFile(filepath.Join(s.state.Keys, signerFile))
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return "", fmt.Errorf("hivetest: %s holds no key", signerFile)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": keyID})
	if err != nil {
		return "", err
	}
	now := time.Now()
	claims, err := json.Marshal(map[string]any{
		"sub": user, "iss": "hivetest", "aud": "hs2", "jti": randomHex(8), "iat": now.Unix(), "exp": now.Add(valid).Unix(),
	})
	if err != nil {
		return "", err
	}
	token := encode(header) + "." + encode(claims)
	sum := sha256.Sum256([]byte(token))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	return token + "." + encode(signature), err
}
