// Package keystore reads certificates and keys from files, in PEM or in one of Java's two key stores, PKCS#12 and JKS.
// The form is told by the content: Java names either of them .jks.
package keystore

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"

	"software.sslmate.com/src/go-pkcs12"
)

// maxFile bounds a file; the stores that come with Java and with systems are below 1 MiB.
const maxFile = 16 << 20

// Roots reads the certificates to trust. The password is that of a key store; PEM has none. As Java does
// (TrustStoreUtil), it trusts the certificate of a key, too, but none of those that lead from it to its issuer.
func Roots(file, password string) (*x509.CertPool, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	certs, err := trusted(data, password)
	if err == nil && len(certs) == 0 {
		err = errors.New("holds no certificate to trust")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c)
	}
	return pool, nil
}

func trusted(data []byte, password string) ([]*x509.Certificate, error) {
	switch formOf(data) {
	case formJKS:
		store, err := readJKS(data, password)
		for _, key := range store.keys {
			store.trusted = append(store.trusted, key.chain[:min(1, len(key.chain))]...)
		}
		return store.trusted, err
	case formPKCS12:
		return trustedOfPKCS12(data, password)
	}
	certs, _, err := readPEM(data)
	return certs, err
}

// KeyPair reads a client's certificate, with those that lead to its issuer, and its private key. A PEM file may hold both,
// or keyFile names that of the key; a key store always holds both.
func KeyPair(certFile, keyFile, password string) (tls.Certificate, error) {
	data, err := readFile(certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	file := certFile
	var chain []*x509.Certificate
	var key crypto.PrivateKey
	switch form := formOf(data); {
	case form != formPEM && keyFile != "":
		return tls.Certificate{}, fmt.Errorf("%s is a key store, which holds the key too: leave %s out", certFile, keyFile)
	case form == formJKS:
		chain, key, err = keyOfJKS(data, password)
	case form == formPKCS12:
		chain, key, err = keyOfPKCS12(data, password)
	default:
		if chain, key, err = readPEM(data); err == nil && keyFile != "" {
			file = keyFile
			if data, err = readFile(keyFile); err != nil {
				return tls.Certificate{}, err
			}
			_, key, err = readPEM(data)
		}
	}
	if err == nil {
		err = match(chain, key)
	}
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s: %w", file, err)
	}
	pair := tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, c := range chain {
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	return pair, nil
}

// match makes sure that the key is that of the first certificate.
func match(chain []*x509.Certificate, key crypto.PrivateKey) error {
	signer, ok := key.(crypto.Signer)
	switch {
	case len(chain) == 0:
		return errors.New("holds no certificate")
	case !ok:
		return errors.New("holds no private key that can sign")
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(chain[0].PublicKey) {
		return errors.New("the private key is not that of the certificate")
	}
	return nil
}

type form int

const (
	formPEM form = iota
	formPKCS12
	formJKS
)

func formOf(data []byte) form {
	switch {
	case bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}):
		return formJKS
	case len(data) > 0 && data[0] == 0x30: // a SEQUENCE in DER
		return formPKCS12
	}
	return formPEM
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err // names the file
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	return data, err
}

// readPEM takes the certificates and the first private key. Other blocks, such as parameters, are passed over.
func readPEM(data []byte) (certs []*x509.Certificate, key crypto.PrivateKey, err error) {
	blocks := 0
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		blocks++
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, err
			}
			certs = append(certs, c)
		case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
			if block.Headers["DEK-Info"] != "" {
				return nil, nil, errEncrypted
			}
			if key == nil {
				if key, err = parseKey(block); err != nil {
					return nil, nil, err
				}
			}
		case "ENCRYPTED PRIVATE KEY":
			return nil, nil, errEncrypted
		}
	}
	if blocks == 0 {
		return nil, nil, errors.New("neither PEM nor a key store of the type PKCS12 or JKS; keytool -importkeystore -deststoretype PKCS12 converts others")
	}
	return certs, key, nil
}

var errEncrypted = errors.New("the private key is encrypted, which is not supported in PEM: put it into a PKCS#12 store (openssl pkcs12 -export)")

func parseKey(block *pem.Block) (crypto.PrivateKey, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

func keyOfPKCS12(data []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	if err := checkIterations(data); err != nil {
		return nil, nil, err
	}
	key, leaf, others, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return nil, nil, pkcs12Error(err)
	}
	return append([]*x509.Certificate{leaf}, others...), key, nil
}

// trustedOfPKCS12 tells a store with a key by what a store without one would be.
func trustedOfPKCS12(data []byte, password string) ([]*x509.Certificate, error) {
	if err := checkIterations(data); err != nil {
		return nil, err
	}
	certs, err := pkcs12.DecodeTrustStore(data, password)
	if err == nil || errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return certs, pkcs12Error(err)
	}
	if _, leaf, _, other := pkcs12.DecodeChain(data, password); other == nil {
		return []*x509.Certificate{leaf}, nil
	}
	return nil, err
}

var errPassword = errors.New("the password of the key store is wrong")

func pkcs12Error(err error) error {
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return errPassword
	}
	return err
}
