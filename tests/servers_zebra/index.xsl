<?xml version="1.0"?>
<!-- Which MARC 21 fields stand in which index. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:m="http://www.loc.gov/MARC21/slim" xmlns:z="http://indexdata.com/zebra-2.0" exclude-result-prefixes="m">
  <xsl:output method="xml" encoding="UTF-8"/>
  <xsl:template match="text()"/>
  <xsl:template match="/"><xsl:apply-templates/></xsl:template>
  <xsl:template match="m:collection"><xsl:apply-templates select="m:record"/></xsl:template>
  <xsl:template match="m:record">
    <z:record>
      <z:index name="Local-number:w"><xsl:value-of select="m:controlfield[@tag='001']"/></z:index>
      <xsl:if test="m:controlfield[@tag='008']">
        <z:index name="Date-of-publication:w"><xsl:value-of select="substring(m:controlfield[@tag='008'],8,4)"/></z:index>
        <z:index name="Code-language:w"><xsl:value-of select="substring(m:controlfield[@tag='008'],36,3)"/></z:index>
      </xsl:if>
      <xsl:for-each select="m:datafield[@tag='020']/m:subfield[@code='a']">
        <z:index name="ISBN:w"><xsl:value-of select="translate(.,'-','')"/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='022']/m:subfield[@code='a']">
        <z:index name="ISSN:w"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='245' or @tag='240' or @tag='246']">
        <z:index name="Title:w"><xsl:for-each select="m:subfield[contains('abnp',@code)]"><xsl:value-of select="concat(.,' ')"/></xsl:for-each></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='100' or @tag='110' or @tag='111' or @tag='700' or @tag='710']/m:subfield[@code='a']
          | m:datafield[@tag='245']/m:subfield[@code='c']">
        <z:index name="Author:w"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[starts-with(@tag,'65') or starts-with(@tag,'60')]">
        <z:index name="Subject-heading:w"><xsl:for-each select="m:subfield"><xsl:value-of select="concat(.,' ')"/></xsl:for-each></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='260' or @tag='264']/m:subfield[@code='b']">
        <z:index name="Publisher:w"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <xsl:for-each select="m:datafield">
        <z:index name="any:w"><xsl:for-each select="m:subfield"><xsl:value-of select="concat(.,' ')"/></xsl:for-each></z:index>
      </xsl:for-each>
    </z:record>
  </xsl:template>
</xsl:stylesheet>
